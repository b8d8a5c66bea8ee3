/*
 * setting_value.h - the values of settings, to and from text.
 */
#ifndef MDA_SETTING_VALUE_H
#define MDA_SETTING_VALUE_H

#include <stdbool.h>

#include "mda/settings.h"

/*
 * setting_value_set - store a value, written as in the file.
 *
 * Gives   false, with nothing changed, when it is not one of the choices,
 *         not a number, out of range, or too long.
 */
bool setting_value_set(struct settings *settings,
    const struct setting_rule *rule, const char *text);

/*
 * setting_value_show - write a value as in the file.
 *
 * Takes   text, SETTING_VALUE_MAX large.
 */
void setting_value_show(char *text, const struct settings *settings,
    const struct setting_rule *rule);

#endif
