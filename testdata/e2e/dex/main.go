// Command dex serves one OpenID provider, Dex, on loopback: memory only, no
// network. The first line of standard input is its configuration, in JSON; when
// it listens, it prints one line of JSON, {"issuer": …}; it ends when standard
// input does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"
	"golang.org/x/crypto/bcrypt"
)

// A config is the first line of standard input.
type config struct {
	Host       string // in the issuer; empty: 127.0.0.1. It listens on 127.0.0.1 in any case
	IssuerPath string // behind host and port in the issuer: "/dex", "/dex/"
	Web        string // the folder web of Dex's module: templates, styles
	Clients    []storage.Client
	Email      string // of the one account
	Password   string
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dex:", err)
		os.Exit(1)
	}
}

// serve returns when in ends.
func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	c := config{Host: "127.0.0.1"}
	if err := json.Unmarshal(first, &c); err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	issuer := fmt.Sprintf("http://%s:%d%s", c.Host, l.Addr().(*net.TCPAddr).Port, c.IssuerPath)
	s, err := dex(ctx, issuer, c)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(map[string]string{"issuer": issuer}); err != nil {
		return err
	}
	ended := make(chan error, 2)
	go func() { ended <- http.Serve(l, s) }()
	go func() {
		_, err := io.Copy(io.Discard, lines)
		ended <- err
	}()
	return <-ended
}

// dex is the provider: its clients, and one account of its own.
func dex(ctx context.Context, issuer string, c config) (*server.Server, error) {
	log := logrus.New() // to standard error
	log.Level = logrus.WarnLevel
	hash, err := bcrypt.GenerateFromPassword([]byte(c.Password), bcrypt.DefaultCost)
	if err != nil {
		return nil, fmt.Errorf("hashing the password: %w", err)
	}
	s := memory.New(log)
	s = storage.WithStaticClients(s, c.Clients)
	s = storage.WithStaticPasswords(s, []storage.Password{{Email: c.Email, Hash: hash, Username: "e2e", UserID: "e2e-subject"}}, log)
	s = storage.WithStaticConnectors(s, []storage.Connector{{ID: server.LocalConnector, Type: server.LocalConnector, Name: "Email"}})
	return server.NewServer(ctx, server.Config{
		Issuer: issuer, Storage: s, Logger: log, Web: server.WebConfig{Dir: c.Web}, PrometheusRegistry: prometheus.NewRegistry(),
	})
}
