/*
 * account_report.h - for whom a delivery would be made.
 */
#ifndef MDA_ACCOUNT_REPORT_H
#define MDA_ACCOUNT_REPORT_H

#include "account/account.h"
#include "mda/tell.h"

/*
 * account_report - tell the ids of this process with their names.
 */
void account_report(struct tell *tell, const struct account *account);

#endif
