/*
 * commands.h - the commands and tests, each defined in a file that bears the
 * name of its extension.
 */
#ifndef SIEVE_COMMANDS_H
#define SIEVE_COMMANDS_H

#include "sieve/spec.h"

/* RFC 5228 */
extern const struct sieve_spec command_keep;
extern const struct sieve_spec command_discard;
extern const struct sieve_spec command_stop;
extern const struct sieve_spec command_fileinto;
extern const struct sieve_spec command_redirect;
extern const struct sieve_spec test_address;
extern const struct sieve_spec test_envelope;
extern const struct sieve_spec test_exists;
extern const struct sieve_spec test_header;
extern const struct sieve_spec test_size;

/* Extensions */
extern const struct sieve_spec command_set;
extern const struct sieve_spec test_string;
extern const struct sieve_spec command_setflag;
extern const struct sieve_spec command_addflag;
extern const struct sieve_spec command_removeflag;
extern const struct sieve_spec test_hasflag;
extern const struct sieve_spec test_mailboxexists;
extern const struct sieve_spec command_include;
extern const struct sieve_spec command_return;
extern const struct sieve_spec command_global;
extern const struct sieve_spec test_environment;
extern const struct sieve_spec command_reject;
extern const struct sieve_spec command_ereject;
extern const struct sieve_spec test_ihave;
extern const struct sieve_spec command_error;
extern const struct sieve_spec test_body;
extern const struct sieve_spec test_date;
extern const struct sieve_spec test_currentdate;
extern const struct sieve_spec command_addheader;
extern const struct sieve_spec command_deleteheader;
extern const struct sieve_spec test_duplicate;
extern const struct sieve_spec command_vacation;
extern const struct sieve_spec test_spamtest;
extern const struct sieve_spec test_virustest;

#endif
