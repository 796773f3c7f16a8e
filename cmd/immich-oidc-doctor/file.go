package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// most is the largest file or stream that we read: more is no document of ours.
const most = 64 << 20

// read returns what stands in a file, or in stdin for "-". What was typed is
// not repeated in an error: people paste documents, and secrets, where the name
// of a file is expected.
func (p *program) read(flag, name, hint string) ([]byte, error) {
	in := p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, wrong(hint, "%s: cannot read that file: %v", flag, cause(err))
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, wrong(hint, "%s: cannot read that file: %v", flag, cause(err))
	}
	return b, nil
}

// cause is err without the name of the file.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// A newFile is a file that will be written. That it can be is known before the
// run; it is put in place at once and whole after it, so that nobody reads half
// a report, and what was there stays if the run is stopped.
type newFile struct {
	path   string
	mode   fs.FileMode
	folder bool // takes new files: the file can be replaced
	device bool // or a pipe: written as it comes
}

// create makes sure that a file can be written and leaves what is there as it is.
func create(path string) (*newFile, error) {
	f := &newFile{path: path, mode: 0o644} // nothing secret stands in it
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, cause(err)
	case there.IsDir():
		return nil, errors.New("it is a folder")
	case !there.Mode().IsRegular() || strings.HasPrefix(path, "/dev/"):
		f.device = true // opening a pipe may wait for its reader, so only in the end
		return f, nil
	default:
		if real, err := filepath.EvalSymlinks(path); err == nil {
			f.path = real // a link stays one
		}
		f.mode = there.Mode().Perm()
		w, err := os.OpenFile(f.path, os.O_WRONLY, 0)
		if err != nil {
			return nil, cause(err)
		}
		w.Close()
	}
	temp, err := f.temp()
	if err != nil && there == nil {
		return nil, cause(err)
	}
	if f.folder = err == nil; f.folder {
		temp.Close()
		os.Remove(temp.Name())
	}
	return f, nil
}

// temp is a file beside f, hidden from those who look for reports.
func (f *newFile) temp() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+".*")
}

// write puts b in place.
func (f *newFile) write(b []byte) error {
	if f.device {
		return f.open(os.O_WRONLY|os.O_APPEND, b)
	}
	if f.folder && f.replace(b) == nil {
		return nil
	}
	// The folder is full or gone, or the file is a mount of its own, as in a container.
	return f.open(os.O_WRONLY|os.O_CREATE|os.O_TRUNC, b)
}

func (f *newFile) replace(b []byte) error {
	temp, err := f.temp()
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // which is no more, if all went well
	_, err = temp.Write(b)
	err = errors.Join(err, temp.Chmod(f.mode), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), f.path)
}

func (f *newFile) open(how int, b []byte) error {
	w, err := os.OpenFile(f.path, how, f.mode)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return errors.Join(err, w.Close())
}

// unwritable is the usage error for a file that cannot be written.
func unwritable(flag, name string, err error) error {
	return wrong("the folder must be there, and it and the file must be yours to write", "%s: cannot write %s: %v", flag, name, err)
}

// unwritten is the error for a file that could not be written in the end.
func unwritten(name string, err error) error {
	return fmt.Errorf("writing %s: %w", name, cause(err))
}
