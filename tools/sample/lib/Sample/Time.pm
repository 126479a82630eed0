# SPDX-License-Identifier: Apache-2.0
# Times are milliseconds since 1970, UTC; the documents write them in every form that is met.

package Sample::Time;

use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);
use Time::Local qw(timegm);

use Sample::Json qw(number);

our @EXPORT_OK = qw(ms_of day_of stamp_of rfc3339 written_as whole_seconds);

# '2021-01-18 22:05:11' or with '.250' at the end
sub ms_of {
	my ($text) = @_;
	my ($y, $mon, $d, $h, $min, $s, $ms) =
		$text =~ /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?$/
		or die "no time: $text\n";
	return timegm($s, $min, $h, $d, $mon - 1, $y) * 1000 + ($ms // 0);
}

sub written {
	my ($ms, $format) = @_;
	return strftime($format, gmtime int($ms / 1000));
}

sub day_of { my ($ms) = @_; return written($ms, '%Y-%m-%d'); }
sub stamp_of { my ($ms) = @_; return written($ms, '%Y-%m-%d_%H-%M-%S'); }
sub fraction { my ($ms) = @_; return sprintf '.%03d', $ms % 1000; }
sub rfc3339 { my ($ms) = @_; return written($ms, '%Y-%m-%dT%H:%M:%S') . fraction($ms) . 'Z'; }

# Whether a form drops the milliseconds, so that the reader cannot know them.
sub whole_seconds { my ($form) = @_; return $form eq 'z'; }

my %forms = (
	offset => sub { written($_[0], '%Y-%m-%dT%H:%M:%S') . fraction($_[0]) . '+0000' },
	z => sub { written($_[0], '%Y-%m-%dT%H:%M:%SZ') },
	zms => sub { rfc3339($_[0]) },
	three_digits => sub {
		written($_[0], '%Y-%m-%dT%H:%M:0%S') . fraction($_[0]) . 'Z'
	},
	brisbane => sub {
		written($_[0] + 36_000_000, '%Y-%m-%dT%H:%M:%S') . fraction($_[0]) . '+10:00'
	},
	epoch => sub { number($_[0]) },
	epoch_text => sub { "$_[0]" },
);

sub written_as {
	my ($ms, $form) = @_;
	return ($forms{$form} or die "no form of time: $form\n")->($ms);
}

1;
