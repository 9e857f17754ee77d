#!/usr/bin/perl
# Makes the codec's tables from alphabets.txt, translit.txt and Perl's copy of the Unicode database:
#   perl smpp/text/tables.pl OUTDIR     writes OUTDIR/{gsm7,nfc,translit,cluster}_tables.c
#   perl smpp/text/tables.pl --js FILE  renews the generated lines of htdocs/text.js
# `make text-tables` does both; `make check-text` fails where what is committed differs.
use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use FindBin;
use Unicode::Normalize qw(NFC NFD NFKD);
use Unicode::UCD qw(prop_invlist prop_invmap);

my %word = (SP => ' ', LF => "\n", CR => "\r", FF => "\f", ESC => "\e");

sub letters_of ($token) {
	return $word{$token} if exists $word{$token};
	return undef if $token eq '--';
	return map { chr } hex($1) .. hex($2) if $token =~ /^([0-9A-F]{4})\.\.([0-9A-F]{4})$/;
	return map { chr } ord($1) .. ord($2) if $token =~ /^(.)\.\.(.)$/;
	return chr hex $token if $token =~ /^[0-9A-F]{4}$/;
	die "what is '$token'?" if length $token != 1;
	return $token;
}

sub lines_of ($name) {
	open my $in, '<', "$FindBin::Bin/$name" or die "$name: $!";
	return grep { /\S/ && !/^# / && $_ ne "#\n" } <$in>;
}

sub alphabets_read () {
	my (%table, $kind, $language);
	for (lines_of('alphabets.txt')) {
		chomp;
		if (/^(locking|single) (\d+) /) { ($kind, $language) = ($1, $2); next }
		my ($from, $tokens) = /^([0-9A-F]{2}): (.*)$/ or die "alphabets.txt: $_";
		my $septet = hex $from;
		for my $letter (map { letters_of($_) } split ' ', $tokens) {
			die "$kind $language passes 7F" if $septet > 0x7f;
			$table{$kind}[$language][ $septet++ ] = $letter;
		}
	}
	return \%table;
}

sub translit_read () {
	my %becomes;
	for (lines_of('translit.txt')) {
		my ($to, @from) = split ' ';
		$to = ' ' if $to eq 'SP';
		$becomes{$_} = $to for map { letters_of($_) } @from;
	}
	return \%becomes;
}

my $alphabet = alphabets_read();
my $special  = translit_read();
my (%septets, %spanish);
$septets{ $alphabet->{single}[0][$_] // '' }  = "\e" . chr for 0 .. 127;
$septets{ $alphabet->{locking}[0][$_] } = chr for 0 .. 127;
$spanish{ $alphabet->{single}[2][$_] // '' } = $_ for 0 .. 127;
delete @septets{ '', "\e" };
delete @spanish{ '', grep { defined } $alphabet->{single}[0]->@* };

# Marks that may fall away: they only decorate, or choose how an emoji is drawn.
my $decoration = '\x{300}-\x{36f}\x{1ab0}-\x{1aff}\x{1dc0}-\x{1dff}\x{200c}\x{200d}\x{20d0}-\x{20ff}\x{fe00}-\x{fe0f}\x{fe20}-\x{fe2f}';

# Letters that decompose in newer browsers and are not yet in this Perl's Unicode: the page knows them
# by its own normalization, so only the C table needs them. (16.0: outlined letters and digits; 17.0.)
my %newer = (chr 0xa7f1 => 'S');
$newer{ chr 0x1ccd6 + $_ } = chr ord('A') + $_ for 0 .. 25;
$newer{ chr 0x1ccf0 + $_ } = $_ for 0 .. 9;

# The rule, the same as in text.js: the listed replacement, or NFKD letter by letter.
sub replacement ($letter) {
	return $special->{$letter} if exists $special->{$letter};
	my $whole = NFKD($letter);
	return undef if $whole eq $letter && $letter !~ /[$decoration]/;
	my $out = '';
	for my $part (split //, $whole) {
		next if $part =~ /[$decoration]/;
		my $to = exists $septets{$part} ? $part : $special->{$part};
		return undef if !defined $to;
		$out .= $to;
	}
	return $out;
}

sub rows ($per_row, @cells) {
	my $text = '';
	while (my @row = splice @cells, 0, $per_row) { $text .= "\t" . join(' ', map { "$_," } @row) . "\n" }
	return $text;
}

my $head = "/* Made by smpp/text/tables.pl (make text-tables): change its sources, not this. */\n// clang-format off\n";

sub gsm7_tables () {
	my $c = $head . "#include \"smpp/text/gsm7.h\"\n\n";
	for my $kind ('locking', 'single') {
		$c .= "const uint16_t gsm7_$kind\[GSM7_LANGUAGES][128] = {\n";
		for my $language (0 .. 13) {
			my $table = $alphabet->{$kind}[$language] or next;
			$c .= "[$language] = {\n" . rows(16, map { defined $table->[$_] ? sprintf '0x%04X', ord $table->[$_] : '0x0000' } 0 .. 127) . "},\n";
		}
		$c .= "};\n\n";
	}
	my @code = map { my $s = $septets{ chr $_ }; !defined $s ? 0xff : length $s == 2 ? 0x80 | ord substr $s, 1 : ord $s } 0 .. 0x3ff;
	$c .= "const uint8_t gsm7_code[GSM7_CODES] = {\n" . rows(24, map { sprintf '0x%02X', $_ } @code) . "};\n\n";
	my $highest = (sort map { ord } keys %spanish)[-1];
	die 'a Spanish letter above U+00FF' if $highest > 0xff;
	return $c . "const uint8_t gsm7_spanish[256] = {\n" . rows(6, map { sprintf "[0x%02X] = 0x%02X", ord, $spanish{$_} } sort keys %spanish) . "};\n";
}

sub nfc_tables () {
	my (@pair, @bmp, @sup, @single);
	for my $cp (0 .. 0x2fa1f) {
		next if $cp >= 0xac00 && $cp <= 0xdfff;
		my $letter = chr $cp;
		my $whole  = NFD($letter);
		next if $whole eq $letter;
		if    ($cp >= 0xf900 && $cp <= 0xfaff)   { $bmp[ $cp - 0xf900 ] = ord $whole; die if length $whole > 1 }
		elsif ($cp >= 0x2f800 && $cp <= 0x2fa1f) { $sup[ $cp - 0x2f800 ] = ord $whole; die if length $whole > 1 }
	}
	my ($list, $map) = prop_invmap('Decomposition_Mapping');
	my $compat = qr/^</;
	my %type;
	{ my ($l, $m) = prop_invmap('Decomposition_Type'); for my $i (0 .. $#$l) { next if $m->[$i] ne 'Canonical'; $type{$_} = 1 for $l->[$i] .. ($l->[ $i + 1 ] // 0x110000) - 1 } }
	for my $i (0 .. $#$list) {
		next if !ref $map->[$i] && $map->[$i] !~ /^\d+$/;
		for my $cp ($list->[$i] .. ($list->[ $i + 1 ] // 0x110000) - 1) {
			next if !$type{$cp} || ($cp >= 0xf900 && $cp <= 0xfaff) || ($cp >= 0x2f800 && $cp <= 0x2fa1f) || ($cp >= 0xac00 && $cp <= 0xd7a3);
			my @to = ref $map->[$i] ? $map->[$i]->@* : ($map->[$i] + $cp - $list->[$i]);
			push @pair, [ $cp, @to, (0) x (2 - @to) ];
		}
	}
	my $c = $head . "#include \"smpp/text/nfc.h\"\n\n/* Canonical decompositions; second is 0 for a singleton. */\n";
	$c .= "const struct nfc_pair nfc_pairs[] = {\n" . rows(6, map { sprintf '{0x%X, 0x%X, 0x%X}', @$_ } @pair) . "};\n";
	$c .= "const size_t nfc_pairs_count = sizeof nfc_pairs / sizeof *nfc_pairs;\n\n";
	my @order = sort { $pair[$a][1] <=> $pair[$b][1] || $pair[$a][2] <=> $pair[$b][2] }
	    grep { $pair[$_][2] && NFC(chr $pair[$_][0]) eq chr $pair[$_][0] } 0 .. $#pair;
	$c .= "/* Those pairs that compose again, by what they are made of. */\n";
	$c .= "const uint16_t nfc_compose[] = {\n" . rows(20, @order) . "};\n";
	$c .= "const size_t nfc_compose_count = sizeof nfc_compose / sizeof *nfc_compose;\n\n";
	my ($l, $m) = prop_invmap('Canonical_Combining_Class');
	my @class = map { [ $l->[$_], $l->[ $_ + 1 ] - 1, $m->[$_] ] } grep { $m->[$_] } 0 .. $#$l - 1;
	$c .= "const struct nfc_class nfc_classes[] = {\n" . rows(7, map { sprintf '{0x%X, 0x%X, %d}', @$_ } @class) . "};\n";
	$c .= "const size_t nfc_classes_count = sizeof nfc_classes / sizeof *nfc_classes;\n\n";
	$c .= "const uint16_t nfc_ideograph[512] = {\n" . rows(16, map { sprintf '0x%X', ($bmp[$_] // 0) > 0xffff ? 0 : $bmp[$_] // 0 } 0 .. 511) . "};\n\n";
	$c .= "const uint32_t nfc_ideograph2[544] = {\n" . rows(14, map { sprintf '0x%X', $sup[$_] // 0 } 0 .. 543) . "};\n\n";
	$c .= "const uint32_t nfc_ideograph_far[][2] = {\n" . rows(6, map { sprintf '{0x%X, 0x%X}', 0xf900 + $_, $bmp[$_] } grep { ($bmp[$_] // 0) > 0xffff } 0 .. 511) . "};\n";
	return $c . "const size_t nfc_ideograph_far_count = sizeof nfc_ideograph_far / sizeof *nfc_ideograph_far;\n";
}

sub c_string ($text) {
	my $out = '';
	for my $letter (split //, $text) {
		for my $septet (split //, $septets{$letter} // die "no septet for $letter") {
			$out .= $septet =~ /[A-Za-z0-9 .,*<>=!:;()+\/'-]/ ? $septet : sprintf '\\%03o', ord $septet;
		}
	}
	return "\"$out\"";
}

# Runs of letters that become one septet each (0xFF: none), and words for all others.
sub translit_tables () {
	my (@run, @word);
	for my $cp (0x20 .. 0x1ffff) {
		next if $cp >= 0xac00 && $cp <= 0xdfff;
		my $to = replacement(chr $cp) // $newer{ chr $cp };
		next if !defined $to;
		if (length $to == 1 && length $septets{$to} == 1) {
			if (!@run || $cp - $run[-1][0] - $run[-1]->@* >= 12) { push @run, [$cp] }
			my $run = $run[-1];
			push @$run, '0xFF' while $run->[0] + $run->@* - 1 < $cp;
			push @$run, sprintf '0x%02X', ord $septets{$to};
		}
		elsif ($to ne '') { push @word, [ $cp, c_string($to) ] }
	}
	my $c = $head . "#include \"smpp/text/translit.h\"\n\nconst uint8_t translit_letters[] = {\n";
	$c .= rows(24, map { $_->@[ 1 .. $#$_ ] } @run) . "};\n\nconst struct translit_run translit_runs[] = {\n";
	my $at = 0;
	$c .= rows(6, map { my $t = sprintf '{0x%X, %d, %d}', $_->[0], $#$_, $at; $at += $#$_; $t } @run) . "};\n";
	$c .= "const size_t translit_runs_count = sizeof translit_runs / sizeof *translit_runs;\n\n";
	$c .= "const struct translit_word translit_words[] = {\n" . rows(6, map { sprintf '{0x%X, %s}', @$_ } @word) . "};\n";
	return $c . "const size_t translit_words_count = sizeof translit_words / sizeof *translit_words;\n";
}

# The classes of UAX #29 as cluster.h words them: marks of any kind extend, as \p{M} does in text.js.
my %prepend;

sub cluster_class ($cp) {
	my $letter = chr $cp;
	return 'CLUSTER_EXTEND'   if $letter =~ /[\p{M}\p{Emoji_Modifier}\x{200c}\x{200d}\x{ff9e}\x{ff9f}\x{e33}\x{eb3}]/;
	return 'CLUSTER_PICTURE'  if $letter =~ /\p{Extended_Pictographic}/;
	return 'CLUSTER_REGIONAL' if $letter =~ /\p{Regional_Indicator}/;
	return 'CLUSTER_PREPEND'  if $prepend{$cp};
	return 'CLUSTER_L'        if $letter =~ /\p{Grapheme_Cluster_Break=L}/;
	return 'CLUSTER_V'        if $letter =~ /\p{Grapheme_Cluster_Break=V}/;
	return 'CLUSTER_T'        if $letter =~ /\p{Grapheme_Cluster_Break=T}/;
	return '';
}

sub prepend_read () {
	my ($l, $m) = prop_invmap('Grapheme_Cluster_Break');
	for my $i (grep { $m->[$_] eq 'Prepend' } 0 .. $#$l) { $prepend{$_} = 1 for $l->[$i] .. $l->[ $i + 1 ] - 1 }
}

sub cluster_tables () {
	my @range;
	for my $cp (0xa9 .. 0x1faff, 0xe0100 .. 0xe01ef) {
		next if $cp >= 0xac00 && $cp <= 0xd7a3 || $cp >= 0xd800 && $cp <= 0xdfff;
		my $class = cluster_class($cp) or next;
		if (@range && $range[-1][2] eq $class && $range[-1][1] == $cp - 1) { $range[-1][1] = $cp; next }
		push @range, [ $cp, $cp, $class ];
	}
	my $c = $head . "#include \"smpp/text/cluster.h\"\n\nconst struct cluster_range cluster_ranges[] = {\n";
	$c .= rows(4, map { my $t = sprintf '{0x%X, 0x%X, %s}', @$_; $t =~ s/CLUSTER_//r } @range);
	return $c . "};\nconst size_t cluster_ranges_count = sizeof cluster_ranges / sizeof *cluster_ranges;\n";
}

# The lines of text.js between its two marks.
sub js_tables () {
	my $quote = sub ($text) { $text =~ s/([\\'])/\\$1/g; $text =~ s/\n/\\n/g; $text =~ s/\r/\\r/g; $text =~ s/\f/\\f/g; $text =~ s/\e/\\x1b/g; "'$text'" };
	my %letters;
	$letters{ $special->{$_} } .= $_ for sort keys %$special;
	my $instead = join "\n", map { "$letters{$_} $_" } sort keys %letters;
	my @prepend = sort { $a <=> $b } grep { cluster_class($_) eq 'CLUSTER_PREPEND' } keys %prepend;
	my $class   = '';
	while (@prepend) {
		my $first = shift @prepend;
		my $last  = $first;
		$last = shift @prepend while @prepend && $prepend[0] == $last + 1;
		$class .= join '-', map { sprintf '\\\\u{%x}', $_ } $first, $first == $last ? () : $last;
	}
	my $bare = $decoration =~ s/\\x\{(\w+)\}/\\u$1/gr;
	$bare =~ s/\\u(\w{3})(?!\w)/\\u0$1/g;
	return join '', map { "$_\n" }
	    '  var ALPHABET = ' . $quote->(join '', $alphabet->{locking}[0]->@*) . ';',
	    '  var EXTENSION = ' . $quote->(join '', grep { defined } $alphabet->{single}[0]->@*) . ';',
	    '  var SPANISH = ' . $quote->(join '', sort keys %spanish) . ';',
	    '  var INSTEAD = ' . $quote->($instead) . ';',
	    "  var DECORATION = /[$bare]/g;",
	    "  var PREPEND = '[$class]';";
}

sub js_renew ($file) {
	open my $in, '<', $file or die "$file: $!";
	my $js = join '', <$in>;
	close $in;
	my $made = js_tables();
	$js =~ s{(// made by smpp/text/tables\.pl[^\n]*\n).*?([ ]*// end of what is made)}{$1$made$2}s or die "$file: no marks";
	open my $out, '>', $file or die "$file: $!";
	print $out $js;
	close $out or die "$file: $!";
}

sub file_write ($path, $text) {
	open my $out, '>', $path or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

prepend_read();
if (($ARGV[0] // '') eq '--js') { js_renew($ARGV[1]); exit }
my $dir = $ARGV[0] // die "usage: tables.pl OUTDIR | --js FILE\n";
file_write("$dir/gsm7_tables.c",     gsm7_tables());
file_write("$dir/nfc_tables.c",      nfc_tables());
file_write("$dir/translit_tables.c", translit_tables());
file_write("$dir/cluster_tables.c",  cluster_tables());
