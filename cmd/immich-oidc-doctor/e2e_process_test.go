//go:build e2e && linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// A process is a provider's that does not end by itself when nobody talks to it
// any more, with all the processes that it starts.
type process struct {
	cmd   *exec.Cmd
	by    syscall.Signal // it ends well by this one
	talk  chatter
	ended chan struct{}
	err   error // how it ended; read after ended
	once  sync.Once
	bad   error // how stop went
}

// A chatter is what a process prints; it may be read while that goes on.
type chatter struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *chatter) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(p)
}

func (o *chatter) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// startProcess runs cmd until the test ends, stop is called, or the test's own
// process dies.
func startProcess(t *testing.T, cmd *exec.Cmd, by syscall.Signal) *process {
	t.Helper()
	p := &process{cmd: cmd, by: by, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.talk, &p.talk
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: by}
	started := make(chan error)
	go func() {
		defer close(p.ended)
		runtime.LockOSThread() // whose death Pdeathsig means
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever outlived it
	}()
	if err := <-started; err != nil {
		t.Fatalf("starting %s; testdata/e2e/install.sh installs it: %v", filepath.Base(cmd.Path), err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("%s did not end well: %v\n%s", filepath.Base(cmd.Path), err, &p.talk)
		}
	})
	return p
}

// stop ends the process, once.
func (p *process) stop() error {
	p.once.Do(func() {
		select {
		case <-p.ended:
			p.bad = fmt.Errorf("ended by itself: %w", p.err)
			return
		default:
		}
		_ = p.cmd.Process.Signal(p.by)
		again, enough := time.NewTicker(time.Second), time.After(10*time.Second)
		defer again.Stop()
		for waits := true; waits; {
			select {
			case <-p.ended:
				waits = false
			case <-again.C: // a child that was only just born may have missed it
				_ = syscall.Kill(-p.cmd.Process.Pid, p.by)
			case <-enough:
				_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
				<-p.ended
				p.bad = errors.New("had to be killed")
				return
			}
		}
		s, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
		ended := ok && (s.Signaled() && s.Signal() == p.by || s.ExitStatus() == 128+int(p.by)) // the second as Java has it
		if !ended {
			p.bad = p.err
		}
	})
	return p.bad
}

// ready asks for url until it answers 200, the process ends, or ctx does.
func (p *process) ready(ctx context.Context, c *http.Client, url string) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		status, _, err := get(ctx, c, url)
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-again.C:
		case <-p.ended:
			return fmt.Errorf("%s ended: %w\n%s", filepath.Base(p.cmd.Path), p.err, &p.talk)
		case <-ctx.Done():
			return fmt.Errorf("%s answers %d, %v: %w\n%s", url, status, err, ctx.Err(), &p.talk)
		}
	}
}

// get reads url whole.
func get(ctx context.Context, c *http.Client, url string) (status int, body string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	return do(c, r)
}

func do(c *http.Client, r *http.Request) (status int, body string, err error) {
	answer, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, string(raw), err
}

// fromTemplate is a file below testdata/e2e with its {{…}} filled in.
func fromTemplate(t *testing.T, file string, with any) []byte {
	t.Helper()
	form, err := template.ParseFiles(filepath.Join("../../testdata/e2e", file))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := form.Execute(&b, with); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
