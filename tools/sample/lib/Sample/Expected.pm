# SPDX-License-Identifier: Apache-2.0
# What IAP must show of the sample archive: written from what was laid out, by the words of the
# interface, and by none of IAP's code. A member that is absent is not judged.

package Sample::Expected;

use strict;
use warnings;
use utf8;
use Exporter qw(import);

use Sample::Archive qw(media_key);
use Sample::Calls qw(agent);
use Sample::Json qw(object number boolean null);
use Sample::Time qw(rfc3339 whole_seconds);

our @EXPORT_OK = qw(expected_of);

sub text_or_null { my ($text) = @_; return $text // null(); }

# [after the plain check, after the deep one]
sub states_of {
	my ($call, $m, $certificates) = @_;
	my $fail = $call->{fail} // '';
	return ('missing', 'missing') if $fail eq 'missing';
	return ('empty', 'empty') if $fail eq 'zero' || $fail eq 'empty';
	return ('no_key', 'no_key')
		if $m->{to} && !grep { !$certificates->{$_}{lost} } @{$m->{to}};
	return ('ok', 'wrong_key') if $fail eq 'wrong_key';
	return ('ok', 'damaged') if $fail eq 'truncated' || $fail eq 'garbage';
	return ('ok', 'ok');
}

# Where the call is found, the first source first.
sub places_of {
	my ($call, $order) = @_;
	my @places = ([$call->{source}, $call->{doc}]);
	push @places, $call->{again} if $call->{again};
	return sort { $order->{$a->[0]} <=> $order->{$b->[0]} or $a->[1] cmp $b->[1] } @places;
}

sub medium_of {
	my ($call, $n, $places, $certificates) = @_;
	my $m = $call->{media}[$n];
	my ($state, $deep) = states_of($call, $m, $certificates);
	my @keys = map { media_key($call, $m, $_->[1]) } @$places;
	my $timed = !$call->{no_times} && $call->{form} ne 'cloud';
	my $stated = !defined $m->{stated} && $call->{form} ne 'cloud';
	return object(
		n => number($n),
		kind => $m->{type} =~ /^video/ ? 'video' : 'audio',
		type => $m->{type},
		started_at => $timed ? rfc3339($m->{start}) : undef,
		duration_ms => $stated ? number($m->{duration}) : undef,
		size => defined $m->{size} ? number($m->{size}) : null(),
		encrypted => boolean($m->{to}),
		state => $state,
		deep_state => $deep,
		object_key => $keys[0],
		object_keys => \@keys,
		shape => !$m->{to} ? 'clear' : $call->{whole} ? 'whole' : 'detached',
		recipients => $m->{to} // [],
		plain_file => $deep eq 'ok' ? "tools/sample/speech/$m->{speech}{file}" : null(),
		masks => $call->{form} =~ /^(?:screen|cloud)$/ ? []
			: [map { object(from_ms => number($_->{from}), to_ms => number($_->{to})) }
				@{$m->{masks}}]);
}

# In order of joining. The upload script and 2014 name nobody; the cloud's userIds are not judged.
sub agents_of {
	my ($call) = @_;
	return undef if $call->{form} eq 'cloud';
	return [] if $call->{form} =~ /^(?:upload|early)$/ || $call->{no_events};
	return [map { object(user => $_->{agent}{user}) } @{$call->{media}}]
		if $call->{form} eq 'screen';
	my (@agents, %seen);
	for my $stay (sort { $a->{from} <=> $b->{from} } @{$call->{stays}}) {
		my $who = $stay->{agent};
		push @agents, object(user => $who->{user}, name => "$who->{first} $who->{last}")
			if !$seen{$who->{user}}++;
	}
	return \@agents;
}

sub divisions_of {
	my ($call) = @_;
	return [] if $call->{form} =~ /^(?:early|cxb|cloud)$/;
	my %divisions = map { $_ => 1 } map { @{$_->{partitions}}, @{$_->{groups}} }
		@{$call->{media}};
	delete $divisions{'/'};
	return [sort keys %divisions];
}

# Attached data as they stood at the end; what was deleted is not judged.
sub attached_of {
	my ($call) = @_;
	return undef if !@{$call->{data}};
	my %all;
	for my $change (@{$call->{data}}) {
		%all = (%all, %{$change->{added} // {}}, %{$change->{updated} // {}});
		delete @all{keys %{$change->{deleted} // {}}};
	}
	return object(map { $_ => $all{$_} } sort keys %all);
}

sub times_of {
	my ($call) = @_;
	my ($start, $stop) = @$call{qw(start stop)};
	return (started_at => rfc3339($start)) if $call->{no_times};
	$stop -= $stop % 1000 if whole_seconds($call->{times});
	return (started_at => rfc3339($start), ended_at => rfc3339($stop),
		duration_ms => number($stop - $start));
}

sub first_bad {
	for my $state (@_) {
		return $state if $state ne 'ok';
	}
	return @_ ? 'ok' : 'missing';
}

sub interaction_of {
	my ($call, $facts) = @_;
	my @places = places_of($call, $facts->{order});
	my @states = map { [states_of($call, $_, $facts->{certificates})] } @{$call->{media}};
	my $state = first_bad(map { $_->[0] } @states);
	my $deep = first_bad(map { $_->[1] } @states);
	my $region = $call->{region} // $facts->{region}{$places[0][0]};
	return object(
		source => $places[0][0],
		recording_id => $call->{id},
		document => $places[0][1],
		places => [map { object(source => $_->[0], key => $_->[1]) } @places],
		form => $call->{form}, wrap => $call->{wrap},
		note => $call->{note},
		times_of($call),
		caller => text_or_null($call->{caller}),
		dialed => text_or_null($call->{dialed}),
		call_type => ($call->{call_type} // '') =~ /^(?:|NotSet)$/ ? 'unknown'
			: lc $call->{call_type},
		region => text_or_null($region),
		divisions => divisions_of($call),
		agents => agents_of($call),
		attached => attached_of($call),
		labels => $call->{labels},
		encrypted => boolean(scalar grep { $_->{to} } @{$call->{media}}),
		reviewed => number(1),
		valid => number($state eq 'ok' ? 1 : 0),
		state => $state,
		deep_state => $deep,
		media_count => number(scalar @{$call->{media}}),
		has_screen => boolean($call->{form} eq 'screen'),
		screen => $facts->{screen_for}{$call->{tag} // ''},
		media => [map { medium_of($call, $_, \@places, $facts->{certificates}) }
			0 .. $#{$call->{media}}]);
}

sub certificate_of {
	my ($c, $calls) = @_;
	my $opens = sub { grep { $_ eq $c->{name} } map { @{$_->{to} // []} } @{$_[0]{media}} };
	my @opened = grep { $opens->($_) } @$calls;
	return object(name => "gir-rec-$c->{name}", issuer => $c->{issuer},
		serial => "$c->{serial}", has_key => boolean(!$c->{lost}),
		interactions => number(scalar @opened));
}

sub source_of {
	my ($source, $calls, $damaged) = @_;
	my $name = $source->{name};
	my %documents;
	for my $call (@$calls) {
		$documents{"$_->[0]/$_->[1]"} = 1 for [$call->{source}, $call->{doc}],
			$call->{again} // ();
	}
	return object(name => $name, root => $name, region => text_or_null($source->{region}),
		documents => number(scalar grep { m{^\Q$name\E/} } keys %documents),
		damaged => number(scalar grep { $_->{source} eq $name } @$damaged));
}

sub place_of { my ($file) = @_; return (source => $file->{source}, key => $file->{key}); }

# expected_of(calls => [], certificates => {}, sources => [], damaged => [], strangers => [])
sub expected_of {
	my (%all) = @_;
	my $n = 0;
	my %facts = (
		certificates => $all{certificates},
		order => {map { $_->{name} => $n++ } @{$all{sources}}},
		region => {map { $_->{name} => $_->{region} } @{$all{sources}}},
		screen_for => {map { $_->{screen_of} => $_->{id} }
			grep { $_->{screen_of} } @{$all{calls}}},
	);
	my @newest = sort { $b->{start} <=> $a->{start} or $a->{id} cmp $b->{id} } @{$all{calls}};
	my @secrets = map { my $s = $_->{secret}; $s =~ s/^smuser://; $s }
		grep { $_->{secret} } @{$all{calls}};
	return object(
		sources => [map { source_of($_, $all{calls}, $all{damaged}) } @{$all{sources}}],
		certificates => [map { certificate_of($all{certificates}{$_}, $all{calls}) }
			sort keys %{$all{certificates}}],
		secrets => \@secrets,
		damaged => [map { object(place_of($_), cause => $_->{cause}) } @{$all{damaged}}],
		strangers => [map { object(place_of($_)) } @{$all{strangers}}],
		interactions => [map { interaction_of($_, \%facts) } @newest]);
}

1;
