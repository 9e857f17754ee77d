#!/usr/bin/perl
# Pictures of Authen::Captcha as shipped (5 symbols), with their truth. usage: authen_captcha.pl DIR COUNT
use strict;
use warnings;
use Authen::Captcha;

my ($dir, $count) = @ARGV;
my $captcha = Authen::Captcha->new(data_folder => $dir, output_folder => $dir, expire => 1);
open my $truth, '>', "$dir/truth.tsv" or die "$dir: $!";
for (1 .. $count) {
    my ($token, $code) = $captcha->generate_code(5);
    my $name = sprintf '%06d.png', $_ - 1;
    unlink "$dir/codes.txt";    # its list of codes given out, read whole for each new one
    rename "$dir/$token.png", "$dir/$name" or die "$name: $!";
    print $truth "$name\t$code\n";
}
