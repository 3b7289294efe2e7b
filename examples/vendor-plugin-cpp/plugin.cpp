/*
 * A plugin for collector in C++: the numbers of a service's status file.
 *
 * The contract is one of C: no exception may leave a function that the host calls. So each of them
 * is a line that hands its work to guarded(), and inside it is plain C++: objects that clean up,
 * and exceptions that say what went wrong. For the start of a project take the one in C,
 * `collector plugin new NAME --lang c`, and these two ideas: guarded() and Artifact.
 */
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "collector_plugin.h"
#include "config.h"
#include "description.h"

COLLECTOR_DESCRIPTION(DESCRIPTION);

namespace {

/* Something that could not be delivered: the status, and a sentence for the customer. */
struct Problem : std::runtime_error {
    collector_status status;
    Problem(collector_status status, const std::string &what)
        : std::runtime_error(what), status(status)
    {
    }
};

/* The host takes no more. It knows why, so it is not told. */
struct Refused {
    collector_status status;
};

/* A borrowed text for one call. */
collector_str str(const std::string &text)
{
    return collector_str{text.data(), text.size()};
}

/* Runs `work` and makes of every exception a call of fail() and a status. */
template <typename Work> collector_status guarded(const collector_host *host, Work work) noexcept
{
    collector_status status = COLLECTOR_FAILED;
    const char *what = "an exception that is not a std::exception";
    try {
        work();
        return COLLECTOR_OK;
    } catch (const Refused &refused) {
        return refused.status;
    } catch (const Problem &problem) {
        host->fail(host->ctx, problem.status, collector_str{problem.what(), strlen(problem.what())});
        return problem.status;
    } catch (const std::exception &error) {
        host->fail(host->ctx, status, collector_str{error.what(), strlen(error.what())});
        return status;
    } catch (...) {
        host->fail(host->ctx, status, collector_str{what, strlen(what)});
        return status;
    }
}

/* An artifact that is being written. Left by an exception, it is ended as cut. */
class Artifact {
public:
    Artifact(const collector_host *host, const std::string &name, const std::string &media_type)
        : host(host)
    {
        check(host->artifact_begin(host->ctx, str(name), str(media_type), &handle));
        is_open = true;
    }
    Artifact(const Artifact &) = delete;
    Artifact &operator=(const Artifact &) = delete;

    void write(const std::string &text)
    {
        check(host->artifact_write(host->ctx, handle, text.data(), text.size()));
    }

    void finish()
    {
        is_open = false;
        check(host->artifact_end(host->ctx, handle, COLLECTOR_OK));
    }

    ~Artifact()
    {
        if (is_open)
            host->artifact_end(host->ctx, handle, COLLECTOR_PARTIAL);
    }

private:
    const collector_host *host;
    uint64_t handle = 0;
    bool is_open = false;

    static void check(collector_status status)
    {
        if (status != COLLECTOR_OK)
            throw Refused{status};
    }
};

/* What is kept from one sample to the next. */
class Status {
public:
    explicit Status(collector_str config_json)
    {
        char text[4096];
        if (config_text(config_json, "file", text, sizeof text) != 0)
            throw Problem(COLLECTOR_BAD_CONFIG, "config key file: write a path of printable characters");
        file = text;
    }

    void collect(const collector_host *host) const
    {
        const std::string text = read();
        /* As it is, first: it stays, also when the numbers are not understood. */
        deliver(host, "status", "text/plain", text);
        /* Between units of work: a plugin that does not stop in time is killed. */
        if (host->should_stop(host->ctx))
            throw Problem(COLLECTOR_STOPPED, file + ": no time for its numbers");
        deliver(host, "metrics", "application/openmetrics-text; version=1.0.0; charset=utf-8",
                page(text));
    }

private:
    static constexpr size_t MAX_BYTES = 65536;
    std::string file;

    std::string read() const
    {
        errno = 0;
        std::ifstream stream(file);
        if (!stream) {
            const int why = errno;
            throw Problem(why == EACCES ? COLLECTOR_DENIED : COLLECTOR_UNAVAILABLE,
                          file + ": " + std::strerror(why)
                              + (why == EACCES ? "; run with sudo" : "; is the service running?"));
        }
        std::string text(MAX_BYTES + 1, '\0');
        errno = 0;
        stream.read(&text[0], static_cast<std::streamsize>(text.size()));
        /* What cannot be read is not the same as empty; a directory opens, and reads nothing. */
        if (stream.bad()) {
            const std::string why = errno != 0 ? std::strerror(errno) : "cannot be read";
            throw Problem(COLLECTOR_FAILED,
                          file + ": " + why + "; is `file` of the configuration right?");
        }
        text.resize(static_cast<size_t>(stream.gcount()));
        if (text.size() > MAX_BYTES)
            throw Problem(COLLECTOR_FAILED, file + ": more than 65536 bytes, so no status file");
        return text;
    }

    /* The lines `NAME VALUE` as a page. A line that is none throws, with its number. */
    std::string page(const std::string &text) const
    {
        std::istringstream lines(text);
        std::ostringstream page;
        std::string line;
        page.precision(17); /* no digit is lost */
        for (size_t number = 1; std::getline(lines, line); number++) {
            std::istringstream words(line);
            std::string name, more;
            double value;
            const char *letters = "abcdefghijklmnopqrstuvwxyz_";
            if (!(words >> name >> value) || words >> more
                || name.find_first_not_of(letters) != std::string::npos)
                throw Problem(COLLECTOR_FAILED, file + ":" + std::to_string(number) + ": \"" + line
                                                    + "\" is not a name and a number");
            page << "# TYPE acme_status_" << name << " gauge\nacme_status_" << name << ' ' << value
                 << '\n';
        }
        page << "# EOF\n";
        return page.str();
    }

    static void deliver(const collector_host *host, const std::string &name,
                        const std::string &media_type, const std::string &text)
    {
        Artifact artifact(host, name, media_type);
        artifact.write(text);
        artifact.finish();
    }
};

collector_status create(const collector_host *host, collector_str config_json, void **instance)
{
    return guarded(host, [&] {
        std::unique_ptr<Status> made(new Status(config_json));
        *instance = made.release();
    });
}

collector_status collect(void *instance, const collector_host *host)
{
    return guarded(host, [&] { static_cast<const Status *>(instance)->collect(host); });
}

void destroy(void *instance)
{
    delete static_cast<Status *>(instance);
}

const collector_plugin plugin = {
    COLLECTOR_MAGIC, COLLECTOR_ABI_MAJOR, COLLECTOR_ABI_MINOR, sizeof(collector_plugin), 0,
    COLLECTOR_STR(DESCRIPTION), create, collect, destroy,
};

} // namespace

/* Extern "C" by its declaration in the header. */
const collector_plugin *collector_plugin_entry_v1(void)
{
    return &plugin;
}
