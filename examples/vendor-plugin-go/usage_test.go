package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a host that keeps what the plugin says, and refuses what the test wants refused. The
// program plays no part.
type recorder struct {
	asksLeft  int // how often ShouldStop says no; -1 for always
	refuses   bool
	delivered map[string]string
	problems  []problem
}

func newRecorder() *recorder {
	return &recorder{asksLeft: -1, delivered: map[string]string{}}
}

func (r *recorder) Problem(status Status, message string) {
	r.problems = append(r.problems, problem{status, message})
}

func (r *recorder) ShouldStop() bool {
	if r.asksLeft > 0 {
		r.asksLeft--
	}
	return r.asksLeft == 0
}

func (r *recorder) Deliver(name, mediaType string, data []byte) error {
	if r.refuses {
		return refused{Quota}
	}
	r.delivered[name] = string(data)
	return nil
}

// collectFrom takes one sample of a directory and gives the status.
func collectFrom(t *testing.T, host Host, path string) Status {
	t.Helper()
	return guarded(host, func() error {
		u, err := newUsage([]byte(`{"path":"` + path + `"}`))
		if err != nil {
			return err
		}
		return u.collect(host)
	})
}

func directory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"one", "inner/two"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFilesBelowTheDirectoryAreCounted(t *testing.T) {
	host := newRecorder()
	if status := collectFrom(t, host, directory(t)); status != OK {
		t.Fatalf("status %d: %v", status, host.problems)
	}
	if page := host.delivered["metrics"]; !strings.Contains(page, "\nacme_usage_files 2\n") {
		t.Fatal(page)
	}
}

func TestDirectoryThatIsGoneIsUnavailable(t *testing.T) {
	host := newRecorder()
	status := collectFrom(t, host, "/no/such")
	if status != Unavailable || !strings.Contains(host.problems[0].message, "/no/such") {
		t.Fatalf("status %d: %v", status, host.problems)
	}
}

// A size of 0, or of the file, would be a reading.
func TestWhatIsNoDirectoryIsAProblemAndNothingElse(t *testing.T) {
	host := newRecorder()
	status := collectFrom(t, host, directory(t)+"/one")
	if status != Failed || len(host.delivered) != 0 {
		t.Fatalf("status %d: %v", status, host.delivered)
	}
	if message := host.problems[0].message; !strings.Contains(message, "not a directory; let `path` ") {
		t.Fatal(message)
	}
}

func TestLinkToTheDirectoryIsFollowed(t *testing.T) {
	host := newRecorder()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(directory(t), link); err != nil {
		t.Fatal(err)
	}
	status := collectFrom(t, host, link)
	if page := host.delivered["metrics"]; status != OK || !strings.Contains(page, "\nacme_usage_files 2\n") {
		t.Fatalf("status %d: %s", status, page)
	}
}

func TestPathThatIsNotFromTheRootIsRefused(t *testing.T) {
	if status := collectFrom(t, newRecorder(), "tmp"); status != BadConfig {
		t.Fatalf("status %d", status)
	}
}

func TestWhenTimeIsUpNothingHalfIsDelivered(t *testing.T) {
	host := newRecorder()
	host.asksLeft = 2
	if status := collectFrom(t, host, directory(t)); status != Stopped || len(host.delivered) != 0 {
		t.Fatalf("status %d: %v", status, host.delivered)
	}
}

func TestHostThatTakesNoMoreIsObeyed(t *testing.T) {
	host := newRecorder()
	host.refuses = true
	if status := collectFrom(t, host, directory(t)); status != Quota {
		t.Fatalf("status %d: %v", status, host.problems)
	}
}

func TestPanicBecomesProblem(t *testing.T) {
	host := newRecorder()
	status := guarded(host, func() error { panic("on purpose") })
	if status != Failed || host.problems[0].message != "the plugin panicked: on purpose" {
		t.Fatalf("status %d: %v", status, host.problems)
	}
}

func TestDescriptionIsThatOfPluginJSON(t *testing.T) {
	fresh, err := exec.Command("sh", "describe.sh").Output()
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile("description.h"); err != nil || string(kept) != string(fresh) {
		t.Fatalf("description.h is not of plugin.json (%v); run go generate", err)
	}
}
