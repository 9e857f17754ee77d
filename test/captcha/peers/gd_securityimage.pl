#!/usr/bin/perl
# Pictures of GD::SecurityImage in its strongest ordinary setting (6 symbols of a TrueType font, each
# at its own angle, lines and particles over them), with their truth. usage: gd_securityimage.pl DIR COUNT
use strict;
use warnings;
use GD::SecurityImage;

my ($dir, $count) = @ARGV;
my @symbols = split //, 'ABDEGHKLMNPSTWY2';    # nearly ours, so that the number of codes is alike
my $font = '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf';
open my $truth, '>', "$dir/truth.tsv" or die "$dir: $!";
for (1 .. $count) {
    my $image = GD::SecurityImage->new(
        width => 300, height => 80, ptsize => 22, lines => 10, thickness => 1,
        scramble => 1, send_ctobg => 1, font => $font);
    $image->random(join '', map { $symbols[rand @symbols] } 1 .. 6);
    my ($data, $type, $code) =
        $image->create(ttf => 'default', '#202020', '#606060')->particle(1500)->out(force => 'png');
    my $name = sprintf '%06d.png', $_ - 1;
    open my $file, '>:raw', "$dir/$name" or die "$name: $!";
    print $file $data;
    print $truth "$name\t$code\n";
}
