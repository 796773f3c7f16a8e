package secret_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/door.txt, to be read before it is committed")

// What turns a plain string into a type that Seal never touches, outside
// gather, is listed by hand in testdata/door.txt, and so is every caller of
// Reveal: a new one is a hole until somebody has looked at it.
func TestTheDoorHasNoOtherKeys(t *testing.T) {
	var found []string
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if strings.HasPrefix(name, "checks/secret/") || strings.HasPrefix(name, "testdata/") {
			return nil
		}
		found = append(found, keysIn(t, path, name)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	got := strings.Join(slices.Compact(found), "\n") + "\n"
	golden := filepath.Join("testdata", "door.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Split(string(want), "\n")
	for _, f := range strings.Split(got, "\n") {
		if !slices.Contains(listed, f) {
			t.Errorf("not in %s: %s", golden, f)
		}
	}
	for _, l := range listed {
		if !strings.Contains(got, l+"\n") && l != "" {
			t.Errorf("in %s, and gone: %s", golden, l)
		}
	}
}

// keysIn lists the conversions and the calls of Reveal in one file.
func keysIn(t *testing.T, path, name string) (found []string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, _ := sel.X.(*ast.Ident)
		var text strings.Builder
		printer.Fprint(&text, fset, call)
		switch {
		case sel.Sel.Name == "Reveal" && len(call.Args) == 0:
		case pkg == nil || pkg.Name != "secret" || sel.Sel.Name != "Name" && sel.Sel.Name != "URI" || len(call.Args) != 1:
			return true
		case strings.HasPrefix(name, "checks/gather/"):
			return true
		default:
			if _, constant := call.Args[0].(*ast.BasicLit); constant {
				return true
			}
		}
		found = append(found, fmt.Sprintf("%s: %s", name, text.String()))
		return true
	})
	return found
}
