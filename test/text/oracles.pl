#!/usr/bin/perl
# Holds the codec against independent programs over all code points: Perl's Encode::GSM0338 for the
# default alphabet, ICU (uconv) for NFC, UTF-8, UTF-16 and the 8-bit alphabets.
#   oracles.pl TEXT_LINES
use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use Encode ();
use Encode::GSM0338;
use File::Temp qw(tempdir);
use Unicode::Normalize ();

my $codec  = $ARGV[0] // die "usage: oracles.pl TEXT_LINES\n";
my $dir    = tempdir(CLEANUP => 1);
my $failed = 0;

sub differs ($what, $is, $ought) {
	say "$what: $is, not $ought" if $failed++ < 40;
}

# Octets of `command` on these octets.
sub answer ($octets, @command) {
	open my $in, '>:raw', "$dir/in" or die $!;
	print $in $octets;
	close $in or die $!;
	my $command = join ' ', map { "'$_'" } @command;
	my $out = do { local $/; open my $pipe, '-|:raw', "$command < $dir/in" or die $!; <$pipe> };
	return $out // '';
}

# Encode puts a question mark for what it does not know. Many letters in a call, LF between them: one each is slow, and
# all at once slower still. Most of these blocks hold no letter of the alphabet and are compared as a whole.
sub gsm7_both_ways () {
	my $codes = answer('', $codec, 'codes');
	my %septets = map { /^(\w+) (\w+)$/ ? (hex $1, pack 'H*', $2) : () } $codes =~ /^.*[^-]$/mg;
	differs('lines for all letters', $codes =~ tr/\n//, 0x110000) if $codes =~ tr/\n// != 0x110000;
	my @known;
	for my $first (map { 256 * $_ } 0 .. 0x10ff) {
		my @cps = grep { $_ != 0x0a && $_ != 0x0c && $_ != 0x1b && $_ != 0x3f && !($_ >= 0xd800 && $_ <= 0xdfff) } $first .. $first + 255;
		my $ought = Encode::encode('gsm0338', join "\n", map { chr } @cps);
		my @is = map { $septets{$_} // '?' } @cps;
		push @known, grep { defined $septets{$_} } @cps;
		next if join("\n", @is) eq $ought;
		my @ought = split /\n/, $ought;
		differs(sprintf('septets of U+%04X', $cps[$_]), unpack('H*', $is[$_]), unpack 'H*', $ought[$_]) for grep { $is[$_] ne $ought[$_] } 0 .. $#cps;
	}
	differs('letters in the default alphabet', scalar @known, 134) if @known != 134;
	my $all  = join '', map { chr } 0x0a, 0x0c, 0x3f, @known;
	my $back = answer(Encode::encode('gsm0338', "$all"), $codec, 'decode', 0);
	differs('letters back', $back, $all) if Encode::decode('UTF-8', $back) ne $all;
}

# Lines of letters that stand behind and before others that may compose or reorder with them; only
# what cleaning leaves alone and this Unicode knows.
sub nfc_lines () {
	my @lines;
	my $left = qr/[^\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\x{34f}\x{115f}\x{1160}\x{3164}\x{ffa0}\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]/;
	my @marks = grep { chr =~ /\p{M}/ && chr =~ $left } 0x300 .. 0x1e94a;
	srand 38;
	for my $cp (0x20 .. 0x3134a) {
		next if $cp >= 0xd800 && $cp <= 0xdfff || $cp == 0x5c;
		next if $cp % 31 && ($cp >= 0x3400 && $cp < 0xa000 || $cp >= 0xac00 && $cp < 0xd800 || $cp >= 0x17000 && $cp < 0x1b000 || $cp >= 0x20000 && $cp < 0x2f800 || $cp > 0x2fa1f);
		my $letter = chr $cp;
		next if $letter !~ $left;
		push @lines, $letter, "a$letter\x{323}\x{301}", "$letter\x{308}\x{345}", "\x{1100}$letter\x{11a8}";
		push @lines, $letter . join '', map { chr $marks[ rand @marks ] } 1 .. 5 if $cp < 0x3000;
	}
	push @lines, map { my $m = $_; map { chr($marks[ rand @marks ]) . chr $m } 1 .. 4 } @marks;
	return @lines;
}

# In one block, for uconv does not compose over the border of two. Its transliterator leaves some marks
# out of order (U+AAB8 U+065C, ICU 72), where Perl, Python and ECMAScript agree: then Perl decides.
sub nfc_of_icu () {
	my @lines = nfc_lines();
	my $in    = Encode::encode('UTF-8', join '', map { "$_\n" } @lines);
	my @is    = split /\n/, Encode::decode('UTF-8', answer($in, $codec, 'clean'));
	my @ought = split /\n/, Encode::decode('UTF-8', answer($in, 'uconv', '-b', 2 * length $in, qw(-f utf-8 -t utf-8 -x nfc)));
	my $hex   = sub ($text) { join ' ', map { sprintf '%04X', ord } split //, $text // '' };
	differs('lines of NFC', scalar @is, scalar @ought) if @is != @ought || @is < 100_000;
	my $dissent = 0;
	for my $i (0 .. $#ought) {
		next if $is[$i] eq $ought[$i];
		$dissent++;
		my $perl = Unicode::Normalize::NFC($lines[$i]);
		differs('NFC of ' . $hex->($lines[$i]), $hex->($is[$i]), $hex->($perl)) if $is[$i] ne $perl;
	}
	differs('lines that ICU normalizes in its own way', $dissent, 'less than one in a hundred') if $dissent * 100 > @lines;
}

# ICU writes SUB for an ill-formed letter only where asked to; -f with a Unicode charset gives U+FFFD.
sub icu_decodes ($charset, $octets, @command) {
	my $is    = answer($octets, $codec, @command);
	my $ought = answer($octets, 'uconv', '-f', $charset, '-t', 'utf-8', '--from-callback', 'substitute');
	return if $is eq $ought;
	my $at = 0;
	$at++ while $at < length $is && substr($is, $at, 1) eq substr $ought, $at, 1;
	differs("$charset at octet $at", unpack('H*', substr $is, $at, 12), unpack 'H*', substr $ought, $at, 12);
}

sub alphabets_of_icu () {
	icu_decodes('iso-8859-1', pack('C*', 1 .. 255), 'decode', 3);
	icu_decodes('iso-8859-5', pack('C*', 1 .. 255), 'decode', 6);
	icu_decodes('iso-8859-8', pack('C*', 1 .. 160, 162 .. 190, 223 .. 250, 253, 254), 'decode', 7);
	icu_decodes('us-ascii', pack('C*', 1 .. 127), 'decode', 1);
	my $all = join '', map { chr } 1 .. 0xd7ff, 0xe000 .. 0x10ffff;
	icu_decodes('utf-16be', Encode::encode('UTF-16BE', $all), 'decode', 8);
	icu_decodes('utf-8', Encode::encode('UTF-8', $all), 'utf8');
	icu_decodes('utf-16be', pack('n*', 0x41, 0xd83d, 0x42, 0xde00, 0xd83d, 0xd83d, 0xde00, 0x43), 'decode', 8);
}

# What is not UTF-8: every lead with seconds at the borders, then noise.
sub ill_formed () {
	my $octets = '';
	for my $lead (0x80 .. 0xff) {
		for my $second (0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0) {
			$octets .= pack 'C*', $lead, @$_, 0x2e for [$second], [ $second, 0x80 ], [ $second, 0xbf, 0x80 ], [ $second, 0x41 ];
		}
	}
	srand 12;
	$octets .= pack 'C*', map { rand() < 0.3 ? 0x20 + rand 90 : 0x80 + rand 128 } 1 .. 200_000;
	icu_decodes('utf-8', $octets . '.', 'utf8');
}

gsm7_both_ways();
nfc_of_icu();
alphabets_of_icu();
ill_formed();
say +($failed ? 0 : 4), ' passed, ', $failed, ' failed: GSM 03.38, NFC, 8-bit and UTF-16, ill-formed UTF-8 against Perl and ICU';
exit($failed ? 1 : 0);
