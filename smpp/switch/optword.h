/* Whether an answer is a word to the service rather than to the visitor. */
#ifndef SMPP_SWITCH_OPTWORD_H
#define SMPP_SWITCH_OPTWORD_H

#include "smpp/conf/conf.h"

enum optword { OPTWORD_NONE, OPTWORD_STOP, OPTWORD_BLOCK, OPTWORD_START, OPTWORD_HELP };

/* The whole text must be one of the words once case, accents, punctuation and spaces are folded:
 * "¡No más!" is, "ya voy a salir" is not. */
enum optword optword_of(const struct conf *conf, const char *text);

#endif
