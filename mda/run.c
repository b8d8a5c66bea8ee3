#include "mda/run.h"

#include <sysexits.h>
#include <unistd.h>

#include "mda/log.h"
#include "mda/report.h"

static enum verdict
deliver_confined(struct job *job, struct log *log, struct failure *why)
{
	enum verdict verdict;

	job_open(job);
	log_open(log, &job->settings);
	filtering_open(job);
	verdict = job_confine(job, why);
	if (verdict == VERDICT_OK)
		verdict = job_deliver(job, STDIN_FILENO, why);
	return verdict;
}

int
run_delivery(struct job *job, enum verdict verdict, struct failure *why)
{
	struct log log = { false, -1, -1 };

	if (verdict == VERDICT_OK)
		verdict = deliver_confined(job, &log, why);
	if (verdict == VERDICT_REFUSE && filtering_reason(job) != NULL)
		report_refusal(why, filtering_reason(job));
	else if (verdict != VERDICT_OK)
		report_failure(why);
	log_write(&log, job, verdict, why);
	return verdict == VERDICT_OK ? EX_OK : why->exit_code;
}
