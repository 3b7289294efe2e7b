/*
 * Tests of the plugin, called through its table by the small host of collector_test_host.h. The
 * program collector plays no part. `make test` builds and runs it.
 */
#define _XOPEN_SOURCE 700

#include <sys/stat.h>
#include <unistd.h>

#include "collector_test_host.h"

static char directory[] = "/tmp/acme-usage-test-XXXXXX";
static char config[256];
static struct test_host host;

static void write_file(const char *name, size_t n_bytes)
{
    char path[256];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    TEST_CHECK((file = fopen(path, "w")) != NULL);
    while (n_bytes-- > 0)
        fputc('x', file);
    TEST_CHECK(fclose(file) == 0);
}

static void the_files_below_the_directory_are_counted(void)
{
    struct test_artifact *page;
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, config, 1) == COLLECTOR_OK);
    page = test_host_artifact(&host, "metrics");
    TEST_CHECK(page != NULL && page->end == COLLECTOR_OK);
    TEST_CHECK(strstr(page->data, "\nacme_usage_files 2\n") != NULL);
    TEST_CHECK(strstr(page->data, "# EOF\n") != NULL);
    TEST_CHECK(host.n_problems == 0);
    test_host_clear(&host);
}

static void a_directory_that_is_gone_is_unavailable(void)
{
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, "{\"path\":\"/no/such\"}", 1) == COLLECTOR_UNAVAILABLE);
    TEST_CHECK(host.n_artifacts == 0);
    TEST_CHECK(strstr(host.problems[0].message, "/no/such: No such file") != NULL);
    test_host_clear(&host);
}

/* A size of 0 would be a reading. */
static void what_is_no_directory_is_a_problem_and_nothing_else(void)
{
    char of_file[256];
    test_host_init(&host);
    snprintf(of_file, sizeof of_file, "{\"path\":\"%s/one\"}", directory);
    TEST_CHECK(test_host_run(&host, of_file, 1) == COLLECTOR_FAILED);
    TEST_CHECK(host.n_artifacts == 0 && host.n_problems == 1);
    TEST_CHECK(strstr(host.problems[0].message, "/one: Not a directory; let `path` ") != NULL);
    test_host_clear(&host);
}

static void a_configuration_without_a_path_is_refused(void)
{
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, "{\"pat\":\"/tmp\"}", 1) == COLLECTOR_BAD_CONFIG);
    test_host_clear(&host);
}

static void escapes_in_the_path_are_understood(void)
{
    test_host_init(&host);
    test_host_run(&host, "{\"x\":{\"path\":\"/a\"},\"path\":\"/no\\\\s\\\"uch\"}", 1);
    TEST_CHECK(strstr(host.problems[0].message, "/no\\s\"uch: No such file") != NULL);
    test_host_clear(&host);
}

static void when_time_is_up_nothing_half_is_delivered(void)
{
    test_host_init(&host);
    host.asks_left = 1;
    TEST_CHECK(test_host_run(&host, config, 1) == COLLECTOR_STOPPED);
    TEST_CHECK(host.n_artifacts == 0);
    test_host_clear(&host);
}

/* Whichever call the host refuses, the artifact is ended, and the answer is not `ok`. */
static void a_host_that_takes_no_more_is_obeyed(void)
{
    unsigned call;
    for (call = 1;; call++) {
        collector_status status;
        test_host_init(&host);
        host.refuse_call = call;
        status = test_host_run(&host, config, 1);
        if (host.n_calls < call)
            break; /* this one was never made */
        TEST_CHECK(status == COLLECTOR_QUOTA);
        test_host_clear(&host);
    }
    TEST_CHECK(call == 4); /* begin, write and end were refused, each in its turn */
    test_host_clear(&host);
}

int main(void)
{
    char inner[256];
    TEST_CHECK(mkdtemp(directory) != NULL);
    snprintf(inner, sizeof inner, "%s/inner", directory);
    TEST_CHECK(mkdir(inner, 0700) == 0);
    write_file("one", 10000);
    write_file("inner/two", 1);
    snprintf(config, sizeof config, "{\"path\":\"%s\"}", directory);

    the_files_below_the_directory_are_counted();
    a_directory_that_is_gone_is_unavailable();
    what_is_no_directory_is_a_problem_and_nothing_else();
    a_configuration_without_a_path_is_refused();
    escapes_in_the_path_are_understood();
    when_time_is_up_nothing_half_is_delivered();
    a_host_that_takes_no_more_is_obeyed();

    snprintf(inner, sizeof inner, "rm -r %s", directory);
    TEST_CHECK(system(inner) == 0);
    puts("all tests passed");
    return 0;
}
