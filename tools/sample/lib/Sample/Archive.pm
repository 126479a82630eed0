# SPDX-License-Identifier: Apache-2.0
# Lays completed calls out as files: media (clear, encrypted, spoiled) and documents.

package Sample::Archive;

use strict;
use warnings;
use utf8;
use Encode qw(encode encode_utf8);
use Exporter qw(import);
use File::Basename qw(dirname);

use Sample::Crypt qw(encrypt_detached encrypt_whole);
use Sample::Document qw(document_of);
use Sample::File qw(read_bytes write_bytes);
use Sample::Json qw(object number json_text);

our @EXPORT_OK = qw(media_key lay_media lay_documents lay_damaged lay_strangers);

my $html = "<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\n"
	. "<body><h1>Service Unavailable</h1><p>The recording store is busy.</p></body></html>\n";

# Key of a medium below its source's root, for a document that lies at DOC.
sub media_key {
	my ($call, $m, $doc) = @_;
	my $dir = dirname($doc);
	my $key = ($dir eq '.' ? '' : "$dir/") . $call->{media_dir} . $m->{stored};
	1 while $key =~ s{(?:^|(?<=/))(?!\.\./)[^/]+/\.\./}{};
	return $key;
}

sub spoil {
	my ($path, $m, $fail) = @_;
	return write_bytes($path, '') if $fail eq 'zero';
	return write_bytes($path, $html) if $fail eq 'garbage';
	if ($fail eq 'missing') {
		unlink $path or die "$path: $!\n";
	} elsif ($fail eq 'truncated') {
		# On a block's end, where the last clear byte is no padding: only decryption tells.
		my $plain = read_bytes($m->{speech}{path});
		my $cut = int(length($plain) / 32) * 16;
		$cut -= 16 while ord(substr $plain, $cut - 1, 1) <= 16;
		write_bytes($path, substr read_bytes($path), 0, $cut);
	}
}

sub encrypt_medium {
	my ($call, $m, $path, $certificates) = @_;
	my @to = map { $certificates->{$_} } @{$m->{to}};
	my $how = {to => \@to, bits => $call->{bits} // 256, ber => $call->{ber},
		key_id => $call->{key_id}, text => $call->{text}};
	my $plain = ($call->{fail} // '') eq 'empty' ? '/dev/null' : $m->{speech}{path};
	if (!$call->{bare}) {
		my @alias = map { "rcs_$call->{tenant}:1:$_->{issuer}:$_->{serial}" } @to;
		$m->{alias} = $call->{alias_text} ? $alias[0] : \@alias;
	}
	return encrypt_whole($plain, $path, $how) if $call->{whole};
	$m->{pkcs7} = encrypt_detached($plain, $path, $how);
	# Another session key's envelope: it opens, and yields noise.
	$m->{pkcs7} = encrypt_detached($plain, "$path.other", $how), unlink "$path.other"
		if ($call->{fail} // '') eq 'wrong_key';
}

# Writes the media of one call below ROOT; notes pkcs7, alias and stored size in them.
sub lay_media {
	my ($call, $root, $certificates) = @_;
	for my $m (@{$call->{media}}) {
		my $key = media_key($call, $m, $call->{doc});
		my $path = "$root/$call->{source}/" . encode_utf8($key);
		die "two media at $path\n" if -e $path;
		write_bytes($path, read_bytes($m->{speech}{path}));
		encrypt_medium($call, $m, $path, $certificates) if $m->{to};
		write_bytes("$path.part", substr read_bytes($path), 0, 30_000) if $call->{part};
		spoil($path, $m, $call->{fail}) if $call->{fail};
		$m->{size} = -s $path if -e $path;
		set_time($call, $path);
		next if !$call->{again};
		my ($source, $doc) = @{$call->{again}};
		my $copy = "$root/$source/" . encode_utf8(media_key($call, $m, $doc));
		write_bytes($copy, read_bytes($path));
		set_time($call, $copy);
	}
}

# Exported a month after the call.
sub set_time {
	my ($call, $path) = @_;
	my $time = int($call->{start} / 1000) + 30 * 86_400;
	utime $time, $time, $path if -e $path;
}

my %indents = (rcs => '  ', mlm => "\t", rcbs => '');

sub wrapped {
	my ($wrap, @documents) = @_;
	return \@documents if $wrap eq 'array';
	return object(recordings => \@documents) if $wrap eq 'recordings';
	die "several documents cannot be wrapped as $wrap\n" if @documents != 1;
	return object(statusCode => number(0), recording => $documents[0]) if $wrap eq 'envelope';
	return $documents[0];
}

# Writes every document; calls that share a file become one.
sub lay_documents {
	my ($calls, $root) = @_;
	my %files;
	my @order;
	for my $call (@$calls) {
		my $file = "$call->{source}/$call->{doc}";
		push @order, $file if !$files{$file};
		push @{$files{$file}}, $call;
	}
	for my $file (@order) {
		my @held = @{$files{$file}};
		my $first = $held[0];
		my $text = json_text(wrapped($first->{wrap}, map { document_of($_) } @held),
			indent => $indents{$first->{source}}, ascii => $first->{ascii}) . "\n";
		my $bytes = ($first->{wrap} eq 'bom' ? "\xef\xbb\xbf" : '') . encode_utf8($text);
		my @places = ("$root/$file");
		push @places, "$root/" . join '/', @{$first->{again}} if $first->{again};
		for my $path (map { encode_utf8($_) } @places) {
			write_bytes($path, $bytes);
			set_time($first, $path);
		}
	}
}

# Damaged documents: a good one of a call that is nowhere else, spoiled.
sub lay_damaged {
	my ($damaged, $root) = @_;
	for my $d (@$damaged) {
		my $text = json_text(object(
			id => '00DAMAGED00000000000000000001AES',
			callerPhoneNumber => 'anonymous', dialedPhoneNumber => '+61755500000',
			startTime => '2021-06-30T10:00:00.000+0000',
			stopTime => '2021-06-30T10:01:00.000+0000',
			callType => 'Inbound', region => 'region1',
			mediaFiles => [object(mediaId => 'damaged.mp3', type => 'audio/mp3',
				duration => '60000', size => '240000')],
			eventHistory => []), indent => '  ') . "\n";
		my $good = $text;
		$d->{spoil}->($text);
		die "$d->{key}: not spoiled\n" if $text eq $good;
		write_bytes(encode_utf8("$root/$d->{source}/$d->{key}"),
			encode($d->{latin1} ? 'ISO-8859-1' : 'UTF-8', $text));
	}
}

sub lay_strangers {
	my ($strangers, $root) = @_;
	for my $s (@$strangers) {
		my $bytes = $s->{text} // join '', map { chr int rand 256 } 1 .. $s->{noise};
		write_bytes("$root/$s->{source}/$s->{key}", $bytes);
	}
}

1;
