package main

import "net/http"

// The credentials that the guarded pages want; tests know them.
const (
	user     = "collector"
	password = "correct horse"
	token    = "s3cret-token"
)

// guard repeats the honest pages under /auth/basic and /auth/bearer for those who know the words.
// Below them /metrics and /debug/pprof/ work as they do at the top; /auth/basic itself is the
// metrics page.
func guard(honest *http.ServeMux) {
	protect := func(prefix, challenge string, allowed func(*http.Request) bool) {
		page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !allowed(r) {
				w.Header().Set("WWW-Authenticate", challenge)
				http.Error(w, "who are you?", http.StatusUnauthorized)
				return
			}
			inner := r.Clone(r.Context())
			inner.URL.Path = r.URL.Path[len(prefix):]
			if inner.URL.Path == "" || inner.URL.Path == "/" {
				inner.URL.Path = "/metrics"
			}
			honest.ServeHTTP(w, inner)
		})
		honest.Handle(prefix, page)
		honest.Handle(prefix+"/", page)
	}
	protect("/auth/basic", `Basic realm="leaks"`, func(r *http.Request) bool {
		name, word, ok := r.BasicAuth()
		return ok && name == user && word == password
	})
	protect("/auth/bearer", `Bearer realm="leaks"`, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+token
	})
}
