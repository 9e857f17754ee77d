// Real Spanish texts: Debian's fortunes-es.
'use strict';
const fs = require('fs');
const DIR = '/usr/share/games/fortunes/es';

function all() {
  return fs.readdirSync(DIR).filter((name) => name.endsWith('.fortunes')).sort()
    .flatMap((name) => fs.readFileSync(`${DIR}/${name}`, 'utf8').split('\n%\n'))
    .map((text) => text.split(/\s+/).filter(Boolean).join(' '));
}

// One text for each fortune, its first 150 characters.
exports.fortunes = () => all().map((text) => Array.from(text).slice(0, 150).join(''));

// All of it in a row, cut into texts of exactly 150 characters.
exports.windows = () => Array.from(all().join(' ')).join('').match(/[^]{150}/gu);
