<?php
// Pictures of Gregwar's CaptchaBuilder as shipped (150x40, 5 symbols), with their truth folded as its
// own comparison does. usage: gregwar.php DIR COUNT
require 'Gregwar/Captcha/autoload.php';

[, $dir, $count] = $argv;
error_reporting(E_ALL & ~E_DEPRECATED); // it gives GD fractions of pixels
$truth = fopen("$dir/truth.tsv", 'w');
for ($i = 0; $i < $count; $i++) {
    $captcha = new Gregwar\Captcha\CaptchaBuilder();
    $captcha->build();
    $name = sprintf('%06d.jpg', $i);
    $captcha->save("$dir/$name");
    fwrite($truth, "$name\t" . strtr(strtolower($captcha->getPhrase()), '01', 'ol') . "\n");
}
