# SPDX-License-Identifier: Apache-2.0
# The calls of the sample archive: a table, with what is special about each. All is invented.
#
# A row: source, start (UTC), what is heard (a name of speech/, or segments), and members:
#   form       writer of the document (see Sample::Document)
#   wrap       bare envelope recordings array bom
#   doc        the document's key below its source's root; calls with the same one share a file
#   media_dir  where the media lie, from the document; stored, media_id, uri_name: their names
#   agent, agents (internal calls), caller, dialed, call_type ('' is absent), region, region_in
#   to, bits, whole, ber, key_id, text, alias   encryption: certificates, AES bits and the shape
#   fail       zero empty missing wrong_key truncated garbage
#   partitions, groups, data, labels, secret, times, seconds, pauses, ...

package Sample::Calls;

use strict;
use warnings;
use utf8;
use Exporter qw(import);

our @EXPORT_OK = qw(calls sources damaged_documents strangers agent);

my %agents = (
	jane => ['jane.citizen@bank.example', 'Jane', 'Citizen', '7001', '/Brisbane/Cards'],
	sam => ['agent7105', 'Sam', 'Nguyễn', '7105', '/Brisbane/Cards'],
	marcus => ['marcus.o.neill@bank.example', 'Marcus', "O'Neill", '7110', '/Brisbane/Fraud'],
	louise => ['louise.b@bank.example', 'Louise', 'Brontë-Ångström', '7121',
	 '/Brisbane/Relations'],
	peter => ['p.mueller@bank.example', 'Peter', 'Müller', '7133', '/Sydney/HomeLoans'],
	tom => ['servicedesk01', 'Tom', 'Baker', '7900', '/Brisbane/Desk'],
	priya => ['priya.k@bank.example', 'Priya', 'Krishnamurthy', '7142', '/Brisbane/Cards'],
	fiona => ['f.mcleod@insurance.example', 'Fiona', 'McLeod', '5031', '/Edinburgh/Claims'],
	ana => ['a.lopez@insurance.example', 'Ana', 'López',
		'69799310210219783971014743974102101345404983710219', '/US/East/TeamA'],
	bala => ['b.singh@insurance.example', 'Bala', 'Singh', '5002', '/US/East/TeamB'],
	mei => ['mei.chen@insurance.example', 'Mei', 'Chen', '5044', '/US/West'],
	wei => ['wang.wei@bank.example', '伟', '王', '7201', '/Sydney/Mandarin'],
	hanako => ['suzuki.h@insurance.example', '花子', '鈴木', '8101', '/Tokyo'],
	layla => ['l.haddad@bank.example', 'ليلى', 'حداد', '7230', '/Sydney/Arabic'],
	zoe => ['zoe.lefevre@banque.example', 'Zoé', 'Lefèvre', '8202', '/Paris'],
	lucia => ['lucia.garcia@seguros.example', 'Lucía', 'García Ibáñez', '8303', '/Madrid'],
	support => ['agent2@example.com', 'agent2', 'Support', '5012', '/'],
);

sub agent {
	my ($name) = @_;
	my $a = $agents{$name} or die "no agent $name\n";
	return {user => $a->[0], first => $a->[1], last => $a->[2], phone => $a->[3],
		group => $a->[4]};
}

# The region a source has in IAP's own table: for documents that name none. Numbers are of the
# ranges that Australia and North America keep for fiction.
sub sources {
	return (
		{name => 'rcs', region => 'au-east', form => 'rps', tenant => 'Environment',
		 ccid => '6a5d1c9e4b7f4c0e9d3a2b1c0f9e8d7c', prefix => '+6175550',
		 dialed => '+61755500000'},
		{name => 'mlm', region => undef, form => 'rps', tenant => 'Environment',
		 ccid => '9f3e2d1c00004000800000000000a001', prefix => '+6125550',
		 dialed => '+61255500000'},
		{name => 'rcbs', region => 'us-east-1', form => 's3', tenant => 'customer_tenant',
		 ccid => '1a2b3c4d', prefix => '+1212555', dialed => '+18005550123'},
	);
}

my $voice_task = 'Environment-Voice-720-365-20230102020000';
my $later_task = 'Environment-Voice-720-365-20230109020000';
my $screen_task = 'Environment-Screen-720-365-20230102021500';

my @rcs = (
	['2021-01-18 22:05:11', 'balance', form => 'rws', agent => 'jane', groups => ['/'],
	 caller => '+61755500101', dialed => '+61755500000', secret => 'smuser:Wattle-1931-Tram'],
	['2021-02-02 01:15:00', 'lost-card', agent => 'priya', to => ['2019'],
	 partitions => ['/cards'],
	 secret => 'smuser:Jetty-4408-Plum',
	 data => [{added => {GRECORD_PARTITIONS => '/cards', CustomerSegment => 'Gold',
		AccountNumber => '****4411', IW_CaseUid => 'c7a1-0093'}},
		{updated => {CustomerSegment => 'Platinum'},
		 deleted => {IW_CaseUid => 'c7a1-0093'}}]],
	['2021-02-19 04:40:27.250', 'fraud-check', agent => 'marcus', to => ['2019'], bits => 128,
	 call_type => 'Outbound', partitions => ['/fraud']],
	['2021-03-08 23:12:40', 'mortgage', agent => 'peter', to => ['2019', '2022'],
	 partitions => ['/mortgages', '/sales'], labels => ['keep-for-audit', 'home loan']],
	['2021-03-22 02:02:02', 'complaint', agent => 'louise', to => ['2017'],
	 partitions => ['/support']],
	['2021-04-06 05:30:00', 'balance', agent => 'jane', to => ['2017', '2019'], bits => 192,
	 partitions => ['/support']],
	['2021-04-29 00:17:45', 'card-payment', agent => 'sam', to => ['2019'], whole => 1,
	 partitions => ['/cards', '/support']],
	['2021-05-03 00:00:00', 'travel-note', form => 'rps', agent => 'priya', no_times => 1,
	 no_events => 1, nameless => 1, times_note => 'the date comes from the folder'],
	['2021-05-11 03:21:09', 
	 [['transfer-1', 'ana'], ['transfer-2', 'bala'], ['transfer-3', 'mei']],
	 partitions => ['/claims'], data => [{added => {Product => 'Car', Excess => '600'}}]],
	['2021-06-15 06:00:30', 'outbound-renewal', agent => 'fiona', call_type => 'Outbound',
	 labels => ['renewal'], caller => '5031', data_as => 'userData',
	 data => [{added => {Campaign => 'Renewals 2021',
		Note => '<script>alert("café & co")</script>'}}]],
	['2021-07-01 22:48:00', 'internal-desk', agents => ['tom', 'jane'], call_type => 'Internal',
	 caller => '7001', dialed => '7900', internal => 1],
	['2021-07-20 01:09:33', 'consult', agents => ['sam', 'louise'], call_type => 'Consult',
	 caller => '7105', dialed => '7121', internal => 1, to => ['2019']],
	['2021-08-05 14:30:00', 'voicemail', form => 'early', fail => 'zero', plain_claim => 0,
	 caller => '755500142', dialed => '755500000', nameless => 1],
	['2021-08-25 02:55:10', 'ivr', partitions => ['/cards'], to => ['2019'],
	 call_type => 'Inbound'],
	['2021-09-14 23:59:58.900', 'lost-card', agent => 'priya', wrap => 'bom',
	 call_type => 'NotSet', partitions => ['/cards']],
	['2021-10-06 07:07:07', 'claim-storm', agent => 'fiona', fail => 'missing',
	 partitions => ['/claims']],
	['2021-11-12 00:31:00', 'balance', agent => 'jane', to => ['2019'], fail => 'empty',
	 partitions => ['/support']],
	['2021-12-01 03:03:03', 'mandarin', agent => 'wei', caller => '+861055550123',
	 to => ['2019'],
	 text => 'crlf', alias_text => 1, partitions => ['/support'],
	 data => [{added => {CustomerName => '李小龙', QueueName => '普通话'}}]],
	['2022-01-24 21:20:15', 'french', agent => 'zoe', region => 'eu-west', text => 'bare',
	 to => ['2019'], caller => '+33199000188', ascii => 1,
	 data => [{added => {CustomerName => 'Élodie Forêt 😀', QueueName => 'Français'}}]],
	['2022-02-11 04:16:20', 'complaint', agent => 'louise', open_pause => 1,
	 partitions => ['/support'], non_delete => 1],
	['2022-03-03 05:45:00', 'mortgage', agent => 'peter', to => ['2019'], fail => 'wrong_key',
	 partitions => ['/mortgages']],
	['2022-04-08 00:55:00', 'card-payment', tag => 'screened', agent => 'sam', to => ['2022'],
	 partitions => ['/cards'], caller => '+61755500177', dialed => '+61755500001',
	 secret => 'smuser:Harbour-7719-Fig',
	 data => [{added => {CustomerSegment => 'Gold', CustomerId => '20417'}}]],
	['2022-04-08 00:55:01', 'screen', tag => 'screen', form => 'screen', agent => 'sam',
	 wrap => 'envelope', bare_numbers => 1, screen_of => 'screened', muxed => 1,
	 secret => 'Dav-Quokka-5520'],
	# One base name in three folders; the third folder's own medium never came.
	['2022-05-17 01:00:00', 'balance', agent => 'jane', media_id => 'voice_0001.mp3'],
	['2022-05-17 02:00:00', 'claim-storm', agent => 'fiona', media_id => 'voice_0001.mp3'],
	['2022-05-17 03:00:00', 'fraud-check', agent => 'marcus', media_id => 'voice_0001.mp3',
	 fail => 'missing', note => 'a neighbour owns a medium of this name'],
);

my @mlm = (
	['2021-10-19 19:16:38', 'lost-card', form => 'cxb', agent => 'support', region => undef,
	 caller => 'anonymous', media_dir => '../', doc => "$voice_task/meta/%id.json",
	 call_type => ''],
	['2021-11-23 07:08:09', 'outbound-renewal', form => 'upload', times => 'z', seconds => 1,
	 region => 'SG', caller => '6591234567', dialed => '6561234567',
	 doc => "uploads/2021/%id.json", call_type => ''],
	(map { [$_->[0], $_->[1], form => 'rws', agent => $_->[2], wrap => 'recordings',
		doc => "$voice_task/export-2022-01.json", partitions => ['/sales'],
		 region => 'eu-west'] }
		['2022-01-10 08:00:00', 'spanish', 'lucia'], 
		['2022-01-10 08:30:00', 'french', 'zoe'],
		['2022-01-10 09:00:00', 'spanish', 'lucia']),
	['2022-01-27 11:00:00', 'travel-note', form => 'early', caller => '255500111',
	 dialed => '255500000',
	 nameless => 1, single_object => 1],
	(map { [$_->[0], $_->[1], agent => $_->[2], wrap => 'array', region => 'au-west',
		doc => "$voice_task/batch/list.json", partitions => ['/support'], to => $_->[3]] }
		['2022-02-14 01:10:00', 'complaint', 'louise', ['2019']],
		['2022-02-14 01:40:00', 'ivr', undef, undef]),
	['2022-03-15 13:45:32', 'internal-desk', agents => ['tom', 'priya'], internal => 1,
	 call_type => 'Internal', caller => '7142', dialed => '7900', times => 'three_digits'],
	['2022-03-28 06:06:06.066', 'balance', agent => 'jane', times => 'epoch', bare_numbers => 1,
	 region => 'au-west'],
	['2022-04-21 23:30:00.500', 'mortgage', agent => 'peter', times => 'epoch_text',
	 region => 'au-west'],
	['2022-05-30 14:00:00', 'lost-card', agent => 'priya', times => 'brisbane',
	 region => 'au-east',
	 to => ['2019'], whole => 1, ber => 1, bits => 192, bare => 1],
	['2022-06-09 02:24:00.120', 'japanese', agent => 'hanako', times => 'zms', region => 'jp',
	 caller => '+81355550111', data => [{added => {顧客名 => '佐藤 健'}}], to => ['2022'],
	 bits => 128],
	['2022-06-27 09:10:11', 'voicemail', agent => 'layla', region => 'au-east', camel_case => 1,
	 data => [{added => {CustomerName => 'محمد الأمين'}}], data_as => 'attachedData'],
	['2022-07-18 03:33:00', 'consult', agents => ['bala', 'ana'], internal => 1,
	 bare_phone => 1,
	 call_type => 'Consult', caller => '5002', dialed => '5001', single_object => 1,
	 region => 'us-east-1', unsorted => 1],
	['2022-08-02 20:00:00', 'travel-note', form => 'rws', agent => 'priya', no_media_id => 1,
	 uri_name => 'Ren%C3%A9e%20%2B%20call.wav', stored => 'Renée + call.wav',
	 region => 'au-east'],
	['2022-08-22 01:23:45', 'fraud-check', agent => 'marcus', stored_upper => 1,
	 region_in => 'parameters', region => 'au-west', partitions => ['/fraud']],
	['2022-09-12 04:00:00', 'balance', agent => 'jane', no_media => 1, region => 'au-east'],
	['2022-09-26 05:15:15', [['transfer-1', 'ana', to => ['2022']], ['transfer-2', 'bala']],
	 region => 'us-east-1', partitions => ['/claims', '/sales']],
	['2022-10-10 10:10:10', [['voicemail', 'lucia'], ['spanish', 'lucia']], region => 'eu-west',
	 labels => ['vip', 'callback'], label_objects => 1, partitions => ['/sales']],
	['2022-10-24 00:45:00', 'claim-storm', agent => 'fiona', fail => 'garbage',
	 region => 'eu-west',
	 partitions => ['/claims']],
	['2022-11-07 06:30:00', 'complaint', agent => 'louise', region => undef,
	 note => 'neither the document nor its source names a region'],
	# Two node paths with the same names inside: each document has its own folder's medium.
	(map { [$_->[0], $_->[1], agent => $_->[2], doc => "$_->[3]/$voice_task/call/metadata.json",
		media_id => 'recording.mp3', media_dir => 'media/', to => ['2019'],
		 region => $_->[4],
		partitions => ['/claims']] }
		['2022-11-21 15:00:00', 'claim-storm', 'ana', 'US/CA', 'us-west-2'],
		['2022-11-21 15:00:00', 'transfer-2', 'bala', 'US/NY', 'us-east-1']),
	# Exported twice by overlapping tasks: one interaction.
	['2022-12-05 08:08:08', 'mortgage', agent => 'peter', to => ['2022'], region => 'au-east',
	 partitions => ['/mortgages'], again => ['mlm', "$later_task/%id/%id.json"],
	 doc => "$voice_task/%id/%id.json"],
	['2022-12-19 03:00:00', 'lost-card', agent => 'priya', to => ['2022'], fail => 'truncated',
	 partitions => ['/cards'], region => 'au-east'],
	['2023-01-16 02:02:00', 'french', agent => 'zoe', to => ['2017'], region => 'eu-west'],
	['2023-02-01 03:04:05.678', 'balance', form => 'cloud', times => 'zms',
	 doc => 'genesys-cloud/year=2023/month=02/day=01/hour=03/conversation_id=%conversation/'
		. '%id.mp3_metadata.json', call_type => '', caller => undef, dialed => undef],
	# Screen recordings without a call: the chat of a blended agent.
	['2023-02-20 06:00:00', 'screen', form => 'screen', agent => 'mei', region => 'us-west-2',
	 doc => "$screen_task/%id.json"],
);

my @rcbs = (
	['2022-11-05 14:00:02', 
	 [['transfer-1', 'ana', to => ['2019']], ['transfer-2', 'bala', to => ['2019']]],
	 caller => 'anonymous', partitions => ['/claims'], bin_in_id => 1],
	['2022-12-12 16:30:00', 'claim-storm', agent => 'ana', 
	 again => ['mlm', "$voice_task/%id.json"],
	 partitions => ['/claims']],
	['2023-01-09 18:20:00', 'lost-card', agent => 'mei', region => 'us-west-2', bits => 128],
	['2023-02-03 15:15:15', 'complaint', agent => 'bala', bits => 192, key_id => 1],
	['2023-03-01 14:05:00', 'card-payment', tag => 'watched', agent => 'mei',
	 region => 'us-west-2',
	 partitions => ['/sales'], 
	 data => [{added => {Product => 'Home', PolicyNumber => 'HX-77105'}}],
	 bin_in_id => 1],
	['2023-03-01 14:05:03', 'screen', form => 'screen', agent => 'mei', region => 'us-west-2',
	 region_in => 'parameters', screen_of => 'watched'],
	['2023-04-17 17:00:00', 'mortgage', agent => 'bala', whole => 1, data_flat => 1,
	 data => [{added => {Product => 'Home loan', Channel => 'Phone'}}]],
	['2023-05-05 19:45:00', 'balance', agent => 'ana', to => ['2017'], bin_in_id => 1],
	['2023-06-06 13:13:13', 'ivr', partitions => ['/claims'], region => undef],
	['2023-07-21 20:30:00', 'fraud-check', agent => 'bala', fail => 'empty', whole => 1],
	['2023-08-14 14:41:00', 'outbound-renewal', agent => 'mei', call_type => 'Outbound',
	 to => ['2019', '2022'], region => 'us-west-2', unknown_key => '8.5.230.07'],
	['2023-09-09 15:00:00', 'claim-storm', agent => 'ana', fail => 'zero'],
	['2023-10-30 21:21:21', 'transfer-3', agent => 'mei', whole => 1, ber => 1,
	 region => 'us-west-2'],
	['2024-01-15 16:00:00', 'complaint', agent => 'bala', fail => 'missing', part => 1,
	 bin_in_id => 1, note => 'still being downloaded: only its .part is there'],
);

# Every row as a hash that names its source and what is heard.
sub calls {
	my @all;
	for my $list (['rcs', @rcs], ['mlm', @mlm], ['rcbs', @rcbs]) {
		my ($source, @rows) = @$list;
		for my $row (@rows) {
			my ($at, $heard, %more) = @$row;
			push @all, {source => $source, at => $at, heard => $heard, %more};
		}
	}
	return @all;
}

# Documents that must become faults: key, cause, and how a good document is spoiled.
sub damaged_documents {
	my $day = '6a5d1c9e4b7f4c0e9d3a2b1c0f9e8d7c/Environment/2021-06-30';
	return (
		{source => 'rcs', key => "$day/00QUOTES00000000000000000000AES1/recording.json",
		 cause => 'typographic quotes',
		 spoil => sub { $_[0] =~ s/"anonymous"/"anonymous”/ }},
		{source => 'rcs', key => "$day/00TRUNC000000000000000000000AES2/recording.json",
		 cause => 'truncated',
		 spoil => sub { $_[0] = substr $_[0], 0, int(length($_[0]) * 0.7) }},
		{source => 'mlm', key => "$voice_task/00LATIN1.json", latin1 => 1,
		 cause => 'Latin-1', spoil => sub { $_[0] =~ s/"region1"/"Région Sud"/ }},
		{source => 'mlm', key => "$voice_task/00TWICE.json", cause => 'duplicate member',
		 spoil => sub { $_[0] =~ s/("callerPhoneNumber": )/$1"+61755500166", $1/ }},
	);
}

# What lies in real archives and is no document: to be passed over without a fault.
sub strangers {
	my $orphan = '06ORPHAN000000000000000000000AES_2023-12-24_08-00-00-0A-1.mp3.bin';
	return (
		{source => 'rcbs', key => 'last_recording_endtime.txt', text => "1705334400000\n"},
		{source => 'rcbs', key => 'logs/rcbs-2024-01-15.log', text =>
			"2024-01-15 18:00:01,114 INFO  Backup started, minDate 2022-11-01\n"
			. "2024-01-15 18:04:40,871 WARN  Connection reset, retry 1 of 3\n"},
		{source => 'rcbs', key => $orphan, noise => 40_000},
		{source => 'mlm', key => "$voice_task/Thumbs.db", noise => 5_120},
		{source => 'mlm', key => 'task-settings.json', text =>
			qq({"taskType": "Voice", "maxAge": 720, "location": "file:///backup"}\n)},
		{source => 'rcs', key => '.DS_Store', noise => 6_148},
		{source => 'rcs', key => 'README.txt', text => "Exported by the RCS archiver.\n"},
	);
}

1;
