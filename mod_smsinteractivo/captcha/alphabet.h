// The symbols of a code and the forms each is drawn in; shared by the module and the build.
#ifndef CAPTCHA_ALPHABET_H
#define CAPTCHA_ALPHABET_H

// One of each pair that people and nets confuse: A not 4, B not 8, 6 or 3, D not O, 0 or P, E not
// F, G not C, Q or 9, K not X or R, L not 1 or I, S not 5, T not 7, Y not U or V, 2 not Z; J not at
// all.
#define ALPHABET "ABDEGHKLMNSTWY2"

// Every form drawn. Small a, h, l, m and t are left out: a is d or o, h is n or b, l is 1, m is n,
// t is f.
#define ALPHABET_FORMS "ABbDdEeGgHKkLMNnSsTWwYy2"

#endif
