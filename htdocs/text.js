/* Counts and shows a text as the network will carry it: the same rules and tables as smpp/text/ in C,
 * which decides in the end; `make check-text` holds it against the C code.
 *   SmsText.count(text, policy, profile) -> { encoding, units, segments, remaining, prepared, culprit }
 *     policy: 'translit' | 'spanish' | 'unicode' | 'lossy'; profile: { ref16, charset }, both optional;
 *     prepared: as the handset will show it; culprit: the letter that makes the message longer, or ''
 *   SmsText.compose(name, message, notice) -> the text that goes out (notice may be missing)
 *   SmsText.chars(text) -> characters as the limit of 150 counts them */
(function (root) {
  'use strict';

  // made by smpp/text/tables.pl
  var ALPHABET = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
  var EXTENSION = '\f^{}\\[~]|€';
  var SPANISH = 'ÁÍÓÚáçíóú';
  var INSTEAD = '   \n¡ !\n≠ !=\n¨«»˝“”„‟″❝❞〝〞 "\n`´ʹʻʼʽˈˊˋ‘’‚‛′‵‹›❛❜ \'\n© (c)\n® (r)\n•‣∗∙●◦ *\n†‡ +\n± +-\n¸、 ,\n¬¯ˉ‐‑‒–—―⁃−─⸺ -\n→ ->\n·˙‧。 .\n⋯ ...\n÷⁄∕ /\n← <-\n↔ <->\n≤ <=\n≥ >=\n¿� ?\nȺΑ A\nÆ AE\nƁƂɃΒ B\nƇȻ C\nÐĐƉƊƋ D\nƐɆΕ E\n€ EUR\nƑ F\nƓǤ G\nĦΗ H\nƗΙ I\nɈ J\nƘΚ K\nĿŁȽ L\nΜ M\nŊƝΝ N\nØΟ O\nŒ OE\n¶ƤΡ P\nɌ R\nŦƬƮȾΤ T\nÞ TH\nɄ U\nƲ V\nΧ X\nƳɎΥ Y\nƵȤΖ Z\n∖ \\\n˄ˆ ^\n‗ _\nⱥ a\næ ae\nƀƃ b\n¢ƈȼ c\nðđƌ d\nɇ e\nƒ f\nǥ g\nħ h\nı i\nȷɉ j\nĸƙ k\nŀłƚ l\nŋƞ n\n°ø˚ o\n‰ o/oo\nœ oe\nƥ p\nɍ r\nß ss\nŧƫƭ t\nþ th\nµμ u\n× x\nƴɏ y\nƶȥ z\n¦∣│ |\n˜∼≈ ~\nẞ ß';
  var DECORATION = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
  var PREPEND = '[\\u{600}-\\u{605}\\u{6dd}\\u{70f}\\u{890}-\\u{891}\\u{8e2}\\u{d4e}\\u{110bd}\\u{110cd}\\u{111c2}-\\u{111c3}\\u{1193f}\\u{11941}\\u{11a3a}\\u{11a84}-\\u{11a89}\\u{11d46}]';
  // end of what is made

  var INVISIBLE = /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
  var NO_LETTER = /[\p{Cs}\p{Noncharacter_Code_Point}]/gu;
  var TIES = /[\u200c\u200d\ufe00-\ufe0f]/;
  var CHARSET_END = { latin1: 0x100, ascii: 0x80 };

  // Septets of each letter; SHIFTED: two, but only with the Spanish table.
  var SHIFTED = 3;
  var cost = new Uint8Array(0x10000);
  var instead = {};
  var known = new Map();

  function each(letters, value) {
    for (var i = 0; i < letters.length; i++) cost[letters.charCodeAt(i)] = value;
  }
  each(SPANISH, SHIFTED);
  each(EXTENSION, 2);
  each(ALPHABET, 1);
  cost[27] = 0;
  INSTEAD.split('\n').forEach(line => {
    var at = line.indexOf(' ');
    [...line.slice(0, at)].forEach(letter => { instead[letter] = line.slice(at + 1); });
  });

  // Letters that cleaning leaves alone and that are NFC among themselves.
  var isPlain = new Uint8Array(0x10000);
  [[10, 10], [12, 12], [0x20, 0x7e], [0xa0, 0xac], [0xae, 0x2ff], [0x400, 0x482], [0x48a, 0x52f], [0x2010, 0x2027],
    [0x2030, 0x205e], [0x20a0, 0x20cf], [0x2190, 0x2328], [0x2600, 0x27bf], [0x4e00, 0x9fff]]
    .forEach(([first, last]) => isPlain.fill(1, first, last + 1));

  // A joiner or variation selector stays where it changes what is seen (clean.c, is_needed).
  function untie(text) {
    var before = '', out = '';
    var letters = [...text];
    letters.forEach((letter, i) => {
      var stays = !TIES.test(letter) || (letter < '\ufe00'
        ? joins(before) && joins(letters[i + 1]) && !/[\ufe00-\ufe0f]/.test(letters[i + 1])
        : /^[0-9#*\xa9\xae\u203c\u2049\u2122\u2139\u2190-\ufb1c\ufb50-\ufdff\ufe10-\uffff\u{10000}-\u{10ffff}]$/u.test(before));
      if (stays) out += before = letter;
    });
    return out;
  }

  function joins(letter) {
    return /^[\u0600-\u1dff\u2600-\ufb1c\ufb50-\uffff\u{10000}-\u{10ffff}]$/u.test(letter || '');
  }

  // The second half of a surrogate pair.
  function isLow(text, at) {
    return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  }

  // Whether cleaning would change nothing, for the letters people mostly type; false may be wrong.
  function plain(text) {
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i);
      if (isPlain[code]) continue;
      var high = code >= 0xd83c && code <= 0xd83e && isLow(text, i + 1);
      if (high) i++;
      else if (code !== 0xfe0f || !(text.charCodeAt(i - 1) >= 0x2190) || text.charCodeAt(i - 1) === code) return false;
    }
    return true;
  }

  function clean(text) {
    if (plain(text)) return text;
    text = text.replace(/\r\n?|[\x85\u2028\u2029]/g, '\n').replace(/\t/g, ' ')
      .replace(INVISIBLE, '').replace(NO_LETTER, '\ufffd');
    return (TIES.test(text) ? untie(text) : text).normalize('NFC');
  }

  function chars(text) {
    text = clean(text);
    var count = text.length;
    for (var i = 0; i < text.length; i++) if (isLow(text, i)) count--;
    return count;
  }

  function costOf(letter, end) {
    var code = letter.charCodeAt(0);
    return letter.length > 1 || code >= end || cost[code] === SHIFTED ? 0 : cost[code];
  }

  // What stands for a letter: { text, units }, or null.
  function replacement(letter, end) {
    var key = letter + end;
    if (known.has(key)) return known.get(key);
    var text = letter in instead ? instead[letter] : decomposed(letter);
    var units = 0;
    for (var i = 0; text && i < text.length; i++) {
      var more = costOf(text[i], end);
      if (!more) text = null;
      units += more;
    }
    var found = text === null ? null : { text, units };
    if (known.size > 4000) known.clear();
    known.set(key, found);
    return found;
  }

  function decomposed(letter) {
    var whole = letter.normalize('NFKD');
    var bare = whole.replace(DECORATION, '');
    if (bare === letter) return null;
    var out = '';
    for (var part of bare) {
      var to = costOf(part, 0x10000) ? part : instead[part];
      if (to === undefined) return null;
      out += to;
    }
    return out;
  }

  // The text in the default alphabet as far as the policy allows; encoding '' where it does not.
  function septets(text, policy, end) {
    var units = 0, from = 0, out = '', costly = '', shifted = '';
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i), more = code < end ? cost[code] : 0;
      if (more === 1) { units++; continue; }
      var letter = String.fromCodePoint(text.codePointAt(i));
      if (more === 2) {
        units += 2;
        costly = costly || letter;
      } else if (policy === 'spanish' && more === SHIFTED && end === 0x10000) {
        units += 2;
        shifted = shifted || letter;
      } else if (policy === 'translit' || policy === 'lossy') {
        var found = replacement(letter, end) || (policy === 'lossy' ? { text: '?', units: 1 } : null);
        if (!found) return { encoding: '', culprit: letter };
        out += text.slice(from, i) + found.text;
        from = i + letter.length;
        units += found.units;
        if (found.units > 1) costly = costly || letter;
      } else {
        return { encoding: '', culprit: letter };
      }
      i += letter.length - 1;
    }
    return {
      encoding: shifted ? 'gsm7+es' : 'gsm7', units, culprit: shifted || costly,
      prepared: from ? out + text.slice(from) : text
    };
  }

  function capacity(encoding, several, ref16) {
    var header = (encoding === 'gsm7+es' ? 3 : 0) + (several ? (ref16 ? 6 : 5) : 0);
    if (header) header++;
    return encoding === 'ucs2' ? (140 - header) >> 1 : Math.floor((140 - header) * 8 / 7);
  }

  // Grapheme clusters (cluster.h); with `part`, joined emoji may be parted.
  var patterns = {};

  function clusters(part) {
    return patterns[part] || (patterns[part] = pattern(part));
  }

  function pattern(part) {
    var mark = '[\\p{M}\\u200c\\uff9e\\uff9f\\u0e33\\u0eb3' + (part ? '' : '\\u200d\\p{Emoji_Modifier}') + ']';
    var L = '[\\u1100-\\u115f\\ua960-\\ua97c]', V = '[\\u1160-\\u11a7\\ud7b0-\\ud7c6]', T = '[\\u11a8-\\u11ff\\ud7cb-\\ud7fb]';
    var picture = '\\p{Extended_Pictographic}';
    return new RegExp('(?:' + PREPEND + ')*(?:' +
      L + '*(?:' + V + '|[\\uac00-\\ud7a3])' + V + '*' + T + '*|' + L + '+|' + T + '+|' +
      '\\p{Regional_Indicator}{2}|' +
      picture + (part ? '' : '(?:' + mark + '*\\u200d' + picture + ')*') +
      '|[^])(?:' + mark + ')*', 'uy');
  }

  // Among these every letter is a cluster (cluster.h, cluster_is_alone).
  function isAlone(code) {
    return code < 0x300 || code >= 0x2010 && code < 0x20d0;
  }

  // Where the segment of UCS-2 that starts at `start` ends. loose.end: up to there a cluster that fits
  // into no segment may be parted.
  function cut(text, start, room, policy, loose) {
    var end = start + room;
    var pair = isLow(text, end) && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? 1 : 0;
    if (end - pair < loose.end) return end - pair;
    var at = end, least = Math.max(start, loose.end);
    while (at > least && !(isAlone(text.charCodeAt(at)) && isAlone(text.charCodeAt(at - 1)))) at--;
    var cluster = clusters(policy === 'unicode');
    while (at < end) {
      cluster.lastIndex = at;
      cluster.test(text);
      if (cluster.lastIndex > end) break;
      at = cluster.lastIndex;
    }
    if (at === end || cluster.lastIndex - at <= room) return at;
    loose.end = cluster.lastIndex;
    return end - pair;
  }

  function splitUcs2(text, room, policy) {
    var segments = 1, start = 0, loose = { end: 0 };
    for (; text.length - start > room; segments++) start = cut(text, start, room, policy, loose);
    return { segments, remaining: room - (text.length - start) };
  }

  function splitSeptets(text, room) {
    var segments = 1, used = 0;
    for (var i = 0; i < text.length; i++) {
      var more = cost[text.charCodeAt(i)] > 1 ? 2 : 1;
      if (used + more > room) {
        segments++;
        used = 0;
      }
      used += more;
    }
    return { segments, remaining: room - used };
  }

  function split(text, encoding, units, policy, ref16) {
    var room = capacity(encoding, false, ref16);
    if (units <= room) return { segments: 1, remaining: room - units };
    room = capacity(encoding, true, ref16);
    return encoding === 'ucs2' ? splitUcs2(text, room, policy) : splitSeptets(text, room);
  }

  function count(text, policy, profile) {
    var ref16 = !!(profile && profile.ref16);
    text = clean(text);
    var sms = septets(text, policy, profile && CHARSET_END[profile.charset] || 0x10000);
    if (!sms.encoding) sms = { encoding: 'ucs2', units: text.length, culprit: sms.culprit, prepared: text };
    var cut = split(sms.prepared, sms.encoding, sms.units, policy, ref16);
    var letters = cut.segments > 1 ? chars(text) : 1;
    var least = letters <= 160 ? 1 : Math.ceil(letters / capacity('gsm7', true, ref16));
    return {
      encoding: sms.encoding, units: sms.units, segments: cut.segments, remaining: cut.remaining,
      prepared: sms.prepared, culprit: cut.segments > least ? sms.culprit : ''
    };
  }

  function compose(name, message, notice) {
    return name + ' (web): ' + message + (notice ? '\n' + notice : '');
  }

  root.SmsText = { count, compose, chars };
  if (typeof module === 'object' && module.exports) module.exports = root.SmsText;
})(globalThis);
