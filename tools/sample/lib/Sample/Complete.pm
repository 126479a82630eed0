# SPDX-License-Identifier: Apache-2.0
# Fills a row of Sample::Calls up to a whole call: ids, names, times, media, who stayed when.

package Sample::Complete;

use strict;
use warnings;
use utf8;
use Exporter qw(import);

use Sample::Calls qw(agent);
use Sample::Time qw(ms_of day_of stamp_of);

our @EXPORT_OK = qw(complete_call);

my $task = 'Environment-Voice-720-365-20230102020000';

# Loosely nested, as unzipped tasks are: where a document lies, and its media from there.
my @mlm_places = (
	["$task/%id.json", ''],
	["$task/%day/%id/metadata.json", 'media/'],
	["$task/docs/%id.json", '../media/'],
	["$task/later/%id.json", 'audio/'],
);
my $mlm_turn = 0;

sub hex_digits {
	my ($count) = @_;
	return join '', map { sprintf '%x', int rand 16 } 1 .. $count;
}

sub uuid {
	return join '-', hex_digits(8), hex_digits(4), '4' . hex_digits(3), 'a' . hex_digits(3),
		hex_digits(12);
}

sub call_uuid {
	my @alphabet = ('A' .. 'Z', 0 .. 9);
	my $middle = join '', map { $alphabet[rand @alphabet] } 1 .. 18;
	return '0' . (1 + int rand 8) . $middle . '1TAES' . uc hex_digits(7);
}

sub phone {
	my ($prefix) = @_;
	return $prefix . sprintf '%04d', 100 + int rand 100;
}

sub or_default {
	my ($call, $name, $default) = @_;
	$call->{$name} = $default if !exists $call->{$name};
}

sub add_head {
	my ($call, $source) = @_;
	$call->{start} = ms_of($call->{at});
	or_default($call, form => $source->{form});
	my $silent = $call->{form} =~ /^(?:screen|cloud)$/;
	$call->{id} = $silent ? uuid() : call_uuid();
	or_default($call, times => 'offset');
	or_default($call, wrap => 'bare');
	or_default($call, region => $source->{region} // 'au-east') if $call->{form} ne 'cloud';
	or_default($call, region_in => 'top');
	or_default($call, caller => $silent ? undef : phone($source->{prefix}));
	or_default($call, dialed => $silent ? undef : $source->{dialed});
	or_default($call, call_type => $silent ? undef : 'Inbound');
	delete $call->{call_type} if !length($call->{call_type} // '');
	or_default($call, partitions => []);
	or_default($call, data => []);
	or_default($call, data_as => 'data');
	or_default($call, to => $source->{name} eq 'rcbs' ? ['2022'] : undef);
	$call->{conn_id} = '00b1' . hex_digits(12);
	$call->{conversation} = uuid();
	@$call{qw(ccid tenant)} = @$source{qw(ccid tenant)};
	$call->{profile} = $source->{name} eq 'rcs' ? 'CallRecProfile' : 'record';
}

sub media_id_of {
	my ($call, $n, $start, $ext) = @_;
	my $stamp = stamp_of($start);
	return "$call->{id}.$ext" if $call->{nameless} || $call->{form} eq 'cloud';
	return hex_digits(8) . ".$ext" if $call->{form} eq 'screen';
	return "$call->{id}_$stamp.$ext" if $call->{form} eq 'cxb';
	return "$call->{id}_-_$call->{caller}_$call->{dialed}_${stamp}_-_-_$call->{ccid}.$ext"
		if $call->{form} eq 'upload';
	return sprintf '%s_%s-0A-%d.%s', $call->{id}, $stamp, $n + 1, $ext if $call->{form} eq 's3';
	return sprintf '%s_%s-00A1015F-10004A%02X-%08d.%s', $call->{id}, $stamp, int rand 256,
		$n + 1, $ext;
}

sub add_names {
	my ($call, $m, $n) = @_;
	my ($ext) = $m->{speech}{file} =~ /\.(\w+)$/;
	my $name = $call->{media_id} // media_id_of($call, $n, $m->{start}, $ext);
	my $bin = $m->{to} && (!$call->{whole} || $call->{source} eq 'rcbs') ? '.bin' : '';
	$m->{media_id} = $name . ($call->{bin_in_id} ? $bin : '') if !$call->{no_media_id};
	$m->{described} = "$name$bin";
	$m->{stored} = $call->{stored} // $m->{described};
	$m->{stored} = uc $m->{stored} if $call->{stored_upper};
	$m->{uri_name} = $call->{uri_name} // uuid() . ".$ext";
}

sub masks_of {
	my ($call, $speech) = @_;
	my @masks = map { {from => $_->[0], to => $_->[1]} } @{$speech->{pauses}};
	push @masks, {from => $speech->{duration} - 300, to => $speech->{duration}, open => 1}
		if $call->{open_pause};
	return \@masks;
}

sub add_media {
	my ($call, $speeches) = @_;
	my $heard = $call->{heard};
	my $first = $call->{agents} ? $call->{agents}[0] : $call->{agent};
	my @segments = ref $heard ? @$heard : ([$heard, $first]);
	my $start = $call->{start};
	$call->{media} = [];
	for my $n (0 .. $#segments) {
		my ($name, $who, %more) = @{$segments[$n]};
		my $speech = $speeches->{$name} or die "no speech $name\n";
		my $agent = defined $who ? agent($who) : undef;
		my $m = {
			speech => $speech, agent => $agent, to => $call->{to}, %more,
			type => $speech->{type}, plain_size => $speech->{size},
			start => $start, duration => $speech->{duration},
			stop => $start + $speech->{duration},
			masks => masks_of($call, $speech), partitions => $call->{partitions},
			groups => $call->{groups} // ($agent ? [$agent->{group}] : []),
		};
		@$m{qw(stated plain_size)} = (0, 0) if defined $call->{plain_claim};
		$m->{secret} = $call->{secret} if $n == 0;
		add_names($call, $m, $n);
		push @{$call->{media}}, $m;
		$start = $m->{stop} + 3000;
	}
	$call->{stop} = $call->{media}[-1]{stop};
	$call->{media} = [] if $call->{no_media};
}

sub add_stays {
	my ($call) = @_;
	my @stays;
	if ($call->{agents}) {
		my $from = $call->{start};
		for my $name (@{$call->{agents}}) {
			push @stays, {agent => agent($name), from => $from, to => $call->{stop}};
			$from += 1200;
		}
	} elsif ($call->{no_media}) {
		push @stays, {agent => agent($call->{agent}), from => $call->{start} + 1000,
			to => $call->{stop}};
	} else {
		my $wait = $call->{form} eq 'cxb' ? 0 : 1000;
		push @stays, map { {agent => $_->{agent}, from => $_->{start} + $wait,
			to => $_->{stop}} }
			grep { $_->{agent} } @{$call->{media}};
	}
	$call->{stays} = \@stays;
}

sub add_place {
	my ($call) = @_;
	my ($doc, $media_dir) = ('%id.json', '');
	($doc, $media_dir) = ('%ccid/%tenant/%day/%id/recording.json', '')
		if $call->{source} eq 'rcs';
	($doc, $media_dir) = @{$mlm_places[$mlm_turn++ % @mlm_places]}
		if $call->{source} eq 'mlm' && !$call->{doc};
	or_default($call, doc => $doc);
	$media_dir = '' if $call->{form} eq 'cloud' || $call->{again};
	or_default($call, media_dir => $media_dir);
	my %values = (%$call, day => day_of($call->{start}));
	s/%(ccid|tenant|day|id|conversation)\b/$values{$1}/g
		for $call->{doc}, $call->{again} ? $call->{again}[1] : ();
}

# complete_call(ROW, SOURCE, SPEECHES by name): the row itself, filled. Uses rand.
sub complete_call {
	my ($call, $source, $speeches) = @_;
	add_head($call, $source);
	add_media($call, $speeches);
	add_stays($call);
	add_place($call);
	return $call;
}

1;
