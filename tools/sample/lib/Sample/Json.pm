# SPDX-License-Identifier: Apache-2.0
# Writes JSON whose members keep the order they were given in, as the many writers of recording
# documents do; JSON::PP can only sort or shuffle them.

package Sample::Json;

use strict;
use warnings;
use utf8;
use Exporter qw(import);

our @EXPORT_OK = qw(object number boolean null json_text);

# object(name => value, ...): members whose value is undef are left out.
sub object {
	my @pairs = @_;
	my @kept;
	while (my ($name, $value) = splice @pairs, 0, 2) {
		push @kept, $name, $value if defined $value;
	}
	return bless \@kept, 'Sample::Json::Object';
}

# A scalar is a string unless it comes through one of these.
sub number { my ($n) = @_; return bless \"$n", 'Sample::Json::Bare'; }
sub boolean { my ($b) = @_; return number($b ? 'true' : 'false'); }
sub null { return number('null'); }

sub quoted {
	my ($text, $ascii) = @_;
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/\n/\\n/g;
	$text =~ s/\r/\\r/g;
	$text =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
	$text =~ s/([^\x00-\x7f])/escaped(ord $1)/ge if $ascii;
	return qq("$text");
}

sub escaped {
	my ($code) = @_;
	return sprintf '\\u%04x', $code if $code < 0x10000;
	$code -= 0x10000;
	return sprintf '\\u%04x\\u%04x', 0xd800 + ($code >> 10), 0xdc00 + ($code & 0x3ff);
}

# json_text(VALUE, indent => text of one level ('' is one line), ascii => 1): characters, not bytes.
sub json_text {
	my ($value, %how) = @_;
	return value_text($value, "\n", \%how);
}

sub value_text {
	my ($value, $line, $how) = @_;
	my $kind = ref $value;
	return quoted($value, $how->{ascii}) if $kind eq '';
	return $$value if $kind eq 'Sample::Json::Bare';
	my $inner = $line . ($how->{indent} // '');
	my @parts;
	if ($kind eq 'Sample::Json::Object') {
		my @pairs = @$value;
		while (my ($name, $member) = splice @pairs, 0, 2) {
			push @parts, quoted($name, $how->{ascii}) . ': '
				. value_text($member, $inner, $how);
		}
	} elsif ($kind eq 'ARRAY') {
		@parts = map { value_text($_, $inner, $how) } @$value;
	} else {
		die "no JSON for $kind\n";
	}
	my ($open, $close) = $kind eq 'ARRAY' ? ('[', ']') : ('{', '}');
	return "$open$close" if !@parts;
	return $open . join(', ', @parts) . $close if !length($how->{indent} // '');
	return "$open$inner" . join(",$inner", @parts) . "$line$close";
}

1;
