/* Tests of the plugin, called through its table by the small host of collector_test_host.h. */
#include <fstream>
#include <string>

#include <unistd.h>

#include "collector_test_host.h"

static const std::string file = "/tmp/acme-status-test-" + std::to_string(getpid());
static const std::string config = "{\"file\":\"" + file + "\"}";
static test_host host;

/* One sample of a file with this text, by a host that refuses from a call on; 0 for never. */
static collector_status sample(const std::string &text, unsigned refuse_call = 0)
{
    test_host_clear(&host);
    test_host_init(&host);
    host.refuse_call = refuse_call;
    std::ofstream(file) << text;
    return test_host_run(&host, config.c_str(), 1);
}

int main()
{
    test_host_init(&host);

    /* The text is stored as it is, and as a page. */
    TEST_CHECK(sample("queue_length 12\nsessions 3\n") == COLLECTOR_OK);
    TEST_CHECK(host.n_artifacts == 2 && host.n_problems == 0);
    TEST_CHECK(std::string(test_host_artifact(&host, "status")->data)
               == "queue_length 12\nsessions 3\n");
    TEST_CHECK(strstr(test_host_artifact(&host, "metrics")->data, "acme_status_queue_length 12\n"));

    /* An exception becomes a problem with the place, and the text stays. */
    TEST_CHECK(sample("queue_length 12\nsessions many\n") == COLLECTOR_FAILED);
    TEST_CHECK(host.n_artifacts == 1 && host.n_problems == 1);
    TEST_CHECK(file + ":2: \"sessions many\" is not a name and a number"
               == host.problems[0].message);

    /* Whichever call is refused, every artifact is ended and nothing escapes. */
    for (unsigned call = 1; call <= 6; call++) {
        TEST_CHECK(sample("sessions 3\n", call) == COLLECTOR_QUOTA);
        TEST_CHECK(host.n_calls >= call);
    }

    /* When time is up, what is whole stays. */
    test_host_clear(&host);
    test_host_init(&host);
    host.asks_left = 0;
    TEST_CHECK(test_host_run(&host, config.c_str(), 1) == COLLECTOR_STOPPED);
    TEST_CHECK(host.n_artifacts == 1);

    /* What cannot be read is not empty: nothing is delivered, and a problem says why. */
    test_host_clear(&host);
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, "{\"file\":\"/tmp\"}", 1) == COLLECTOR_FAILED);
    TEST_CHECK(host.n_artifacts == 0 && host.n_problems == 1);
    TEST_CHECK(std::string("/tmp: Is a directory; is `file` of the configuration right?")
               == host.problems[0].message);

    unlink(file.c_str());
    test_host_clear(&host);
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, config.c_str(), 1) == COLLECTOR_UNAVAILABLE);
    test_host_clear(&host);
    test_host_init(&host);
    TEST_CHECK(test_host_run(&host, "{}", 1) == COLLECTOR_BAD_CONFIG);
    test_host_clear(&host);
    puts("all tests passed");
}
