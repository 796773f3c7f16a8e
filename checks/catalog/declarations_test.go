package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"immich-oidc-doctor/checks"
	"immich-oidc-doctor/checks/catalog"
	"immich-oidc-doctor/checks/know/immich"
)

// lastBefore is the last release before each at which a rule changes or the
// range of a check ends.
var lastBefore = map[string]string{
	"v1.40.0": "v1.39.0", "v1.81.0": "v1.80.0", "v1.141.0": "v1.140.1", "v2.5.0": "v2.4.1", "v1.41.0": "v1.40.0", "v1.77.0": "v1.76.1", "v1.82.0": "v1.81.1", "v1.95.0": "v1.94.1", "v1.113.0": "v1.112.1", "v1.118.0": "v1.117.0",
	"v1.109.0": "v1.108.0", "v1.118.1": "v1.118.0", "v1.132.0": "v1.131.3", "v1.133.0": "v1.132.3", "v1.135.0": "v1.134.0", "v1.136.0": "v1.135.3", "v1.143.0": "v1.142.1", "v2.6.0": "v2.5.6", "v3.0.0": "v2.7.5", "v3.1.0": "v3.0.3",
}

// boundaries is where each rule of know/immich changes, by its name.
var boundaries = map[string][]string{
	"LinkingSince": {immich.LinkingSince}, "TokenRedirect": bounds(immich.Library),
	"Library": bounds(immich.Library), "ComparesIssuer": bounds(immich.ComparesIssuer), "RefusesHTTP": bounds(immich.RefusesHTTP),
	"ReadsKeysAtLogin": bounds(immich.ReadsKeysAtLogin), "BackChannel": bounds(immich.BackChannel), "PKCE": bounds(immich.PKCE),
	"UserinfoUnlessEmail": bounds(immich.UserinfoUnlessEmail), "OverrideApplied": bounds(immich.OverrideApplied), "MobileOverride": {immich.MobileOverride},
	"AppRedirect": bounds(immich.AppRedirect), "DefaultAlgorithm": bounds(immich.DefaultAlgorithm), "Leeway": bounds(immich.Leeway),
	"AuthorizePath": bounds(immich.AuthorizePath), "FollowsList": bounds(immich.FollowsList),
	"PublicClient": bounds(immich.PublicClient), "KeyPermissions": bounds(immich.KeyPermissions), "RoleMakesAdmin": bounds(immich.RoleMakesAdmin),
	"MePath": bounds(immich.MePath), "StateInCookie": bounds(immich.StateInCookie), "Trusts": bounds(immich.Trusts), "WellKnown": {immich.WellKnown},
	"Authenticates": bounds(immich.Authenticates), "AuthMethod": slices.Concat(bounds(immich.Authenticates), bounds(immich.PublicClient)),
	"BasicKeeps": bounds(immich.BasicKeeps), "FormType": bounds(immich.FormType), "NeedsIDToken": bounds(immich.NeedsIDToken),
	"LogoutSetting": bounds(immich.LogoutSetting), "ParsesLogout": bounds(immich.ParsesLogout),
	"TriesEveryAddress": bounds(immich.TriesEveryAddress), "ReadsSystemCA": bounds(immich.ReadsSystemCA), "ReadsProxy": bounds(immich.ReadsProxy),
	"TakesSystemCAFlag": bounds(immich.TakesSystemCAFlag), "Node": bounds(immich.Node),
}

// bounds lists the releases at which a table's value changes.
func bounds[T comparable](rows immich.Table[T]) (at []string) {
	for i, r := range rows {
		if i > 0 && r.Value != rows[i-1].Value {
			at = append(at, r.From)
		}
	}
	return at
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	all := catalog.All()
	if err := checks.Validate(all); err != nil {
		t.Error(err)
	}
	family, families := "", map[string]bool{}
	for _, c := range all {
		if of, _, _ := strings.Cut(c.ID, "/"); of != family {
			if families[of] {
				t.Errorf("%s: list it beside the others of its family in checks/catalog/catalog.go, or a report has two headings %q", c.ID, of)
			}
			family, families[of] = of, true
		}
		if slices.Contains(catalog.Retired, c.ID) {
			t.Errorf("%s: the ID is retired", c.ID)
		}
		file := strings.NewReplacer("/", "_", "-", "_").Replace(c.ID) + ".go"
		if src, err := os.ReadFile(file); err != nil || !strings.Contains(string(src), strconv.Quote(c.ID)) {
			t.Errorf("%s: %s does not declare it (%v)", c.ID, file, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(casesDir, "*", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		rel, _ := filepath.Rel(casesDir, f)
		id := strings.TrimSuffix(filepath.ToSlash(rel), ".txtar")
		if !slices.ContainsFunc(all, func(c *checks.Check) bool { return c.ID == id }) {
			t.Errorf("%s: cases of no check", f)
		}
	}
}

// turns lists the releases at which c may answer otherwise than before: the
// ends of its range, and where a rule changes that its code looks up, itself
// or in a function of this package that it calls.
func turns(t *testing.T, c *checks.Check) (at []string) {
	t.Helper()
	by, err := consulted()
	if err != nil {
		t.Fatal(err)
	}
	speaks := func(journey string) bool {
		return slices.ContainsFunc(slices.Concat(c.Breaks, c.Witness), func(at checks.At) bool { return strings.HasPrefix(string(at), journey) })
	}
	add := func(release string) {
		if in, _ := c.Versions.Contains(release); release != "" && (in || release == c.Versions.To) && !slices.Contains(at, release) {
			at = append(at, release)
		}
	}
	for _, rule := range by[c.ID] {
		if rule == "LinkingSince" && !speaks("linking/") || rule == "BackChannel" && !speaks("back-channel/") {
			continue // asked for every check, of no matter to one that does not speak of that journey
		}
		for _, release := range boundaries[rule] {
			add(release)
		}
	}
	add(c.Versions.From)
	add(c.Versions.To)
	return at
}

// consulted is the names of know/immich that the code of each check mentions.
var consulted = sync.OnceValues(func() (map[string][]string, error) {
	decls, err := declarations(".")
	if err != nil {
		return nil, err
	}
	by := map[string][]string{}
	for _, d := range decls {
		if d.check == "" {
			continue
		}
		var rules []string
		done := map[string]bool{}
		var visit func(d *declaration)
		visit = func(d *declaration) {
			rules = append(rules, d.rules...)
			for _, name := range d.uses {
				if next := decls[name]; next != nil && !done[name] {
					done[name] = true
					visit(next)
				}
			}
		}
		visit(d)
		slices.Sort(rules)
		by[d.check] = slices.Compact(rules)
	}
	return by, nil
})

// A declaration is a function, variable or constant of the package, with the
// names that it mentions and the rules of know/immich that it looks up.
type declaration struct {
	check       string // the ID, if it is a check
	uses, rules []string
}

func declarations(dir string) (map[string]*declaration, error) {
	decls := map[string]*declaration{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					decls[d.Name.Name] = declarationOf(d)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok {
						decls[v.Names[0].Name] = declarationOf(v)
					}
				}
			}
		}
	}
	return decls, nil
}

func declarationOf(n ast.Node) *declaration {
	d := new(declaration)
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			d.uses = append(d.uses, n.Name)
		case *ast.SelectorExpr: // what stands behind the dot is a name of elsewhere
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "immich" {
				d.rules = append(d.rules, n.Sel.Name)
			}
			ast.Inspect(n.X, visit)
			return false
		case *ast.KeyValueExpr:
			key, _ := n.Key.(*ast.Ident)
			if v, ok := n.Value.(*ast.BasicLit); ok && key != nil && key.Name == "ID" {
				d.check, _ = strconv.Unquote(v.Value)
			}
		}
		return true
	}
	ast.Inspect(n, visit)
	return d
}

func TestEveryRuleHasItsBoundariesHere(t *testing.T) {
	t.Parallel()
	decls, err := declarations("../know/immich")
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range decls {
		if _, known := boundaries[name]; slices.Contains(d.uses, "Table") && ast.IsExported(name) && name != "Table" && !known {
			t.Errorf("add %q: bounds(immich.%s) to boundaries in checks/catalog/declarations_test.go", name, name)
		}
	}
}
