# SPDX-License-Identifier: Apache-2.0
# One call as the JSON document that a Genesys release, or a script beside it, would write of it.
# Calls come from Sample::Calls, completed by Sample::Archive; what a release calls its forms:
#   rws     answers of the web services: media by URI, path and id, no descriptor
#   rps     the recording processor: a WebDAV descriptor
#   s3      RCBS: an S3 descriptor
#   cxb     Business Edition Cloud: events first, no times at the top
#   upload  an upload script: seconds as a float, ccid, no times at the top
#   early   2014: `mediaFile`, bare
#   screen  the Screen Recording Service
#   cloud   Genesys Cloud's bulk export

package Sample::Document;

use strict;
use warnings;
use utf8;
use Exporter qw(import);

use Sample::Json qw(object number);
use Sample::Time qw(written_as);

our @EXPORT_OK = qw(document_of);

my $dav = 'http://dav1.example.com/recordings';
my $rws = 'http://rws1.example.com';
my $miner = 'http://sm1.example.com';

sub when {
	my ($call, $ms) = @_;
	return $call->{no_times} ? undef : written_as($ms, $call->{times});
}

sub descriptor_of {
	my ($call, $m) = @_;
	my $form = $call->{form};
	return undef if $form eq 'rws' || $form eq 'cxb';
	return object(storage => 'awsS3', path => "$call->{ccid}/$m->{described}",
		data => object(bucket => 'customer-recordings'))
			if $form eq 's3' || $form eq 'upload';
	return object(storage => 'webDAV', path => $m->{described}, data => object(
		storagePath => "$dav/screen/", username => $m->{secret} ? 'recorder' : undef,
		password => $m->{secret})) if $form eq 'screen';
	return object(storage => 'webDAV', path => "$dav/$m->{described}");
}

sub uris_of {
	my ($call, $m) = @_;
	my $play = "/recordings/$call->{id}/play/$m->{uri_name}";
	return (mediaUri => "$rws/api/v2$play", mediaPath => $play, playPath => $play)
		if $call->{form} eq 'rws';
	return () if $call->{form} ne 'screen';
	my $content = "/contact-centers/$call->{ccid}/screen-recordings/$call->{id}/content/"
		. $m->{uri_name};
	return (mediaUri => "$rws/internal-api$content", mediaPath => $content);
}

sub parameters_of {
	my ($call, $m) = @_;
	my $agent = $m->{agent};
	return object(
		region => $call->{region},
		contact => object(userName => $agent->{user}),
		muxed_mediaIds => $call->{muxed}) if $call->{form} eq 'screen';
	return object() if $call->{form} eq 'cxb' || $call->{form} eq 'early';
	return object(
		id => $call->{id},
		callUuid => $call->{id},
		connId => $call->{conn_id},
		ani => $call->{caller},
		dnis => $call->{dialed},
		dateTime => $call->{no_times} ? undef : written_as($m->{start}, 'z'),
		($call->{form} eq 'rws' ? 'recordDN' : 'recorddn') => $agent && $agent->{phone},
		agentId => $agent && $agent->{user},
		region => $call->{region_in} eq 'parameters' ? $call->{region} : undef,
		'rp.speechminer_uri' => $m->{secret} && "$miner/interactionreceiver",
		'rp.speechminer_auth' => $m->{secret});
}

sub masks_of {
	my ($m) = @_;
	my @marks;
	for my $mask (@{$m->{masks}}) {
		push @marks, object(time => written_as($m->{start} + $mask->{from}, 'zms'),
			type => 'paused');
		push @marks, object(time => written_as($m->{start} + $mask->{to}, 'zms'),
			type => 'resume') if !$mask->{open};
	}
	return \@marks;
}

sub duration_of {
	my ($call, $m) = @_;
	return sprintf '%.3f', $m->{duration} / 1000 if $call->{seconds};
	return $call->{bare_numbers} ? number($m->{duration}) : "$m->{duration}";
}

sub medium_of {
	my ($call, $m) = @_;
	my $descriptor = descriptor_of($call, $m);
	my $original = $call->{form} eq 'screen';
	my @access = $call->{form} eq 'early' || $call->{form} eq 'cxb' ? () : (
		partitions => $m->{partitions},
		($call->{camel_case} ? 'accessGroups' : 'accessgroups') => $m->{groups});
	return object(
		uris_of($call, $m),
		mediaDescriptor => $original ? undef : $descriptor,
		startTime => when($call, $m->{start}),
		stopTime => when($call, $m->{stop}),
		originalMediaDescriptor => $original ? $descriptor : undef,
		($call->{camel_case} ? 'callUuid' : 'callUUID') => $call->{id},
		mediaId => $m->{media_id},
		type => $m->{type} eq 'audio/mpeg' ? 'audio/mp3' : $m->{type},
		duration => duration_of($call, $m),
		tenant => $call->{tenant},
		ivrprofile => $call->{profile},
		size => $call->{bare_numbers} ? number($m->{plain_size}) : "$m->{plain_size}",
		parameters => parameters_of($call, $m),
		masks => $call->{form} eq 'screen' ? undef : masks_of($m),
		pkcs7 => $m->{pkcs7},
		certAlias => $m->{alias},
		@access);
}

sub user_of {
	my ($call, $agent) = @_;
	my $phone = $agent->{phone};
	return object(type => 'User', userName => $agent->{user}, firstName => $agent->{first},
		lastName => $agent->{last},
		phoneNumber => $call->{bare_phone} ? number($phone) : $phone);
}

sub attached_of {
	my ($call, $change) = @_;
	my ($as, %parts) = ($call->{data_as}, %$change);
	my %maps;
	for my $part (qw(added updated deleted)) {
		my $map = $parts{$part} // {};
		$maps{$part} = object(map { $_ => $map->{$_} } sort keys %$map);
	}
	return ($as => $maps{added}) if $call->{data_flat};
	return ($as => object(added => $maps{added}, updated => $maps{updated},
		($as eq 'userData' ? 'removed' : 'deleted') => $maps{deleted}));
}

sub events_of {
	my ($call) = @_;
	return [] if $call->{no_events} || $call->{form} =~ /^(?:upload|early|screen)$/;
	my @events;
	my $add = sub {
		my ($ms, $event, @rest) = @_;
		push @events, object(occurredAt => when($call, $ms), calluuid => $call->{id}, @rest,
			event => $event);
	};
	$add->($call->{start}, 'Joined',
		contact => object(type => 'External', phoneNumber => $call->{caller}))
		if $call->{form} ne 'cxb' && !$call->{internal};
	my $at = $call->{start} + 400;
	for my $change (@{$call->{data}}) {
		$add->($at, 'data', attached_of($call, $change));
		$at += 4000;
	}
	for my $stay (@{$call->{stays}}) {
		my @who = (contact => user_of($call, $stay->{agent}));
		$add->($stay->{from}, 'Joined', @who);
		$add->($stay->{to}, 'Left', @who);
	}
	return $call->{unsorted} ? [reverse @events] : \@events;
}

sub cloud_document_of {
	my ($call) = @_;
	return object(
		mediaType => 'Call', mediaSubtype => 'Trunk', provider => 'Edge',
		userIds => ['0f1e2d3c-1111-4222-8333-444455556666'],
		conversationId => $call->{conversation}, recordingId => $call->{id},
		startTime => when($call, $call->{start}), endTime => when($call, $call->{stop}));
}

sub labels_of {
	my ($call) = @_;
	return $call->{labels} if !$call->{label_objects};
	return [map { object(name => $_) } @{$call->{labels}}];
}

# The document of one call, before it is wrapped (Sample::Archive does that).
sub document_of {
	my ($call) = @_;
	return cloud_document_of($call) if $call->{form} eq 'cloud';
	my $form = $call->{form};
	my @media = map { medium_of($call, $_) } @{$call->{media}};
	my @files = (($form eq 'early' ? 'mediaFile' : 'mediaFiles')
		=> $call->{single_object} ? $media[0] : \@media);
	my @events = (eventHistory => events_of($call));
	my $top = $form ne 'cxb' && $form ne 'upload' && !$call->{no_times};
	return object(
		id => $call->{id},
		ccid => $form eq 'upload' ? $call->{ccid} : undef,
		callerPhoneNumber => $call->{caller},
		dialedPhoneNumber => $call->{dialed},
		startTime => $top ? when($call, $call->{start}) : undef,
		stopTime => $top ? when($call, $call->{stop}) : undef,
		callType => $call->{call_type},
		region => $call->{region_in} eq 'top' ? $call->{region} : undef,
		labels => labels_of($call),
		nonDelete => $call->{non_delete} && 'true',
		($form eq 'cxb' ? (@events, @files) : (@files, @events)),
		recorderBuild => $call->{unknown_key});
}

1;
