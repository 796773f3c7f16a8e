package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"immich-oidc-doctor/report"
)

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func serve(t *testing.T, https bool, h http.HandlerFunc) string {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // or net/http would not notice that the client left
		h(w, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if https {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

func endless(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := w.Write(make([]byte, 1<<12)); err != nil {
			return
		}
	}
}

// Whatever answers in the place of Immich: one clear root cause, the exit code
// of the product, in every format, each request given up after a second.
func TestWhateverAnswersInTheirPlaceIsOneClearRootCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, address string
		exit          int
		says          string
	}{
		{"a closed port", closedPort(t), 3, "nothing listens there"},
		{"a host that does not resolve", "https://photos.invalid", 3, "does not resolve"},
		{"an unknown CA", serve(t, true, func(http.ResponseWriter, *http.Request) {}), 1, "certificate"},
		{"https to a port that speaks http", strings.Replace(serve(t, false, func(http.ResponseWriter, *http.Request) {}), "http:", "https:", 1), 1, "TLS"},
		{"HTML on 200", serve(t, false, func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "<!doctype html><title>Welcome</title>")
		}), 1, "web page"},
		{"a redirect to a login page", serve(t, false, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://auth.example.test/?rd=https%3A%2F%2Fphotos.example.test", http.StatusFound)
		}), 1, "Authelia"},
		{"a server that never answers", serve(t, false, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), 3, "no answer in time"},
		{"a body that never ends", serve(t, false, endless), 1, "does not end"},
		{"a head and no body", serve(t, false, func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}), 1, "not whole"},
		{"JSON of somebody else", serve(t, false, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":true}`) }), 1, "not Immich's"},
		{"a cut connection", serve(t, false, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), 3, "cut"},
	} {
		for _, f := range report.Formats {
			t.Run(c.name+" as "+f.Name, func(t *testing.T) {
				t.Parallel()
				r := doctor(t, "check", c.address, "--client-timeout", "4s", "--format", f.Name)
				if r.code != c.exit || !strings.Contains(r.stdout, "server/answers") || !strings.Contains(r.stdout, c.says) {
					t.Errorf("want exit %d and %q, got exit %d\n%s%s", c.exit, c.says, r.code, r.stdout, r.stderr)
				}
				if f.Name == "json" {
					d := r.document(t)
					if len(d.RootCauses) != 1 || len(alarms(d)) != 1 {
						t.Errorf("root causes %v, alarms %v", d.RootCauses, alarms(d))
					}
				}
			})
		}
	}
}
