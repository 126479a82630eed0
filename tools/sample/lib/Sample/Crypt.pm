# SPDX-License-Identifier: Apache-2.0
# Certificates and encrypted media, made with the openssl command as a recorder makes them.

package Sample::Crypt;

use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MIME::Base64 qw(encode_base64);

use Sample::File qw(read_bytes write_bytes);

our @EXPORT_OK = qw(make_certificates encrypt_whole encrypt_detached);

# 2017: its key was lost. 2019: expired, as every certificate of an old archive does, yet its key
# is the only way into the calls of its time. Subjects are written as certAlias writes them.
my @certificates = (
	{ name => '2017', serial => 17, from => '170101', until => '200101', lost => 1,
	  issuer => 'C=AU,ST=QLD,O=Example Bank,CN=gir-rec-2017' },
	{ name => '2019', serial => 4097, from => '190101', until => '220701',
	  issuer => 'C=AU,ST=QLD,O=Example Bank,CN=gir-rec-2019' },
	{ name => '2022', serial => 1311768467463790320, from => '220101', until => '320101',
	  issuer => 'C=US,ST=CA,L=Daly City,O=Example Insurance,CN=gir-rec-2022' },
);

sub run {
	my (@command) = @_;
	open my $saved, '>&', \*STDERR or die "stderr: $!\n";
	open STDERR, '>', '/dev/null' or die "/dev/null: $!\n";
	my $rc = system @command;
	open STDERR, '>&', $saved or die "stderr: $!\n";
	die "failed: @command\n" if $rc != 0;
}

# The `ca` command is the one of OpenSSL 3.0 that can set both dates.
sub ca_config {
	my ($work) = @_;
	return <<"END";
[ca]
default_ca = sample
[sample]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = policy
x509_extensions = extensions
unique_subject = no
preserve = yes
[policy]
C = optional
ST = optional
L = optional
O = optional
CN = supplied
[extensions]
subjectKeyIdentifier = hash
basicConstraints = CA:FALSE
[req]
distinguished_name = subject
[subject]
END
}

sub make_certificate {
	my ($c, $work) = @_;
	my $serial = sprintf '%x', $c->{serial};
	write_bytes("$work/serial", (length($serial) % 2 ? '0' : '') . "$serial\n");
	$c->{cert} = "$work/gir-rec-$c->{name}.cert.pem";
	$c->{key} = "$work/gir-rec-$c->{name}.key.pem";
	my $subject = '/' . join '/', split /,/, $c->{issuer};
	run(qw(openssl req -new -newkey rsa:2048 -nodes -utf8 -batch), '-config', "$work/ca.conf",
		'-keyout', $c->{key}, '-out', "$work/request.pem", '-subj', $subject);
	run(qw(openssl ca -selfsign -batch -notext -utf8), '-config', "$work/ca.conf",
		'-keyfile', $c->{key}, '-in', "$work/request.pem", '-out', $c->{cert},
		'-startdate', "$c->{from}000000Z", '-enddate', "$c->{until}000000Z");
}

# make_certificates(WORK, KEYS): all certificates in the folder WORK; those with a key also in
# KEYS, as gir-rec-NAME.cert.pem and gir-rec-NAME.key.pem. Returns them by name.
sub make_certificates {
	my ($work, $keys) = @_;
	write_bytes("$work/ca.conf", ca_config($work));
	write_bytes("$work/index.txt", '');
	my %by_name;
	for my $c (map { {%$_} } @certificates) {
		make_certificate($c, $work);
		if (!$c->{lost}) {
			for my $file (@$c{qw(cert key)}) {
				my ($base) = $file =~ m{([^/]+)$};
				write_bytes("$keys/$base", read_bytes($file));
			}
			chmod 0600, "$keys/gir-rec-$c->{name}.key.pem";
		}
		unlink $c->{key} or die "$c->{key}: $!\n";
		$by_name{$c->{name}} = $c;
	}
	return \%by_name;
}

# $how: {bits => 128|192|256, to => [certificates], ber => 1, key_id => 1}
sub encrypt_whole {
	my ($plain, $out, $how) = @_;
	my @to = map { ('-recip', $_->{cert}) } @{$how->{to}};
	run(qw(openssl cms -encrypt -binary -outform DER), "-aes$how->{bits}",
		($how->{ber} ? '-stream' : ()), ($how->{key_id} ? '-keyid' : ()),
		'-in', $plain, '-out', $out, @to);
}

# tlv(DER, POSITION): where its contents begin and end.
sub tlv {
	my ($der, $pos) = @_;
	my $length = ord substr $der, $pos + 1, 1;
	my $head = 2;
	if ($length >= 0x80) {
		my $octets = $length & 0x7f;
		$head += $octets;
		$length = 0;
		$length = $length << 8 | ord substr $der, $pos + 2 + $_, 1 for 0 .. $octets - 1;
	}
	return ($pos + $head, $pos + $head + $length);
}

sub wrapped {
	my ($tag, $contents) = @_;
	my $length = length $contents;
	return pack('CC', $tag, $length) . $contents if $length < 0x80;
	my $octets = pack 'N', $length;
	$octets =~ s/^\0+//;
	return pack('CC', $tag, 0x80 | length $octets) . $octets . $contents;
}

# Parts a DER EnvelopedData into its envelope without content, and the content's cipher text.
sub detached {
	my ($der) = @_;
	my ($info) = tlv($der, 0);
	my (undef, $type_end) = tlv($der, $info);
	my ($explicit) = tlv($der, $type_end);
	my ($version) = tlv($der, $explicit);
	my (undef, $version_end) = tlv($der, $version);
	my (undef, $recipients_end) = tlv($der, $version_end);
	my ($content_type) = tlv($der, $recipients_end);
	my (undef, $content_type_end) = tlv($der, $content_type);
	my (undef, $algorithm_end) = tlv($der, $content_type_end);
	my ($cipher, $cipher_end) = tlv($der, $algorithm_end);
	die "not a primitive [0]\n" if ord(substr $der, $algorithm_end, 1) != 0x80;

	my $content = wrapped(0x30, substr $der, $content_type, $algorithm_end - $content_type);
	my $head = substr $der, $version, $recipients_end - $version;
	my $enveloped = wrapped(0x30, $head . $content);
	my $type = substr $der, $info, $type_end - $info;
	return (wrapped(0x30, $type . wrapped(0xa0, $enveloped)),
		substr $der, $cipher, $cipher_end - $cipher);
}

# The envelope as text (in $how->{text}: lines of 76, crlf, or bare base64); cipher text to $out.
sub encrypt_detached {
	my ($plain, $out, $how) = @_;
	encrypt_whole($plain, $out, {%$how, ber => 0});
	my ($envelope, $cipher) = detached(read_bytes($out));
	write_bytes($out, $cipher);
	my $style = $how->{text} // 'lines';
	return encode_base64($envelope, '') if $style eq 'bare';
	my $base64 = encode_base64($envelope);
	my $text = "-----BEGIN PKCS7-----\n$base64-----END PKCS7-----\n";
	$text =~ s/\n/\r\n/g if $style eq 'crlf';
	return $text;
}

1;
