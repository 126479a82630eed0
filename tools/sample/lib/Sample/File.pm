# SPDX-License-Identifier: Apache-2.0
# Whole files in one call, the folders above them included.

package Sample::File;

use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);

our @EXPORT_OK = qw(read_bytes write_bytes);

sub read_bytes {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	my $bytes = <$file>;
	close $file or die "$path: $!\n";
	return $bytes // '';
}

sub write_bytes {
	my ($path, $bytes) = @_;
	make_path(dirname($path));
	open my $file, '>:raw', $path or die "$path: $!\n";
	print {$file} $bytes or die "$path: $!\n";
	close $file or die "$path: $!\n";
}

1;
