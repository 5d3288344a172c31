package templates

// Settled is a page that looks the same whenever its Content is the same: a comparable
// value, with nothing behind a pointer that may change. Pages of two sites may have the
// same one. Only the data of its script are other ones each time.
type Settled interface {
	Page
	Content() any
	ScriptData() string
}

// ScriptData are the data of the page's script.
func (b Base) ScriptData() string { return b.Script.Data }

// frame is what the frame around a page is made of, but for the Site, which is the same
// on every page.
type frame struct {
	signedIn    bool
	person      Person
	path, nonce string
	script      string // its URL
	tag         string
	language    Switch
}

func (b Base) frame() frame {
	f := frame{path: b.Path, nonce: b.Nonce, script: b.Script.Src, language: b.Switch}
	if b.Words != nil {
		f.tag = b.Words.Tag()
	}
	if b.Person != nil {
		f.signedIn, f.person = true, *b.Person
	}
	return f
}

// Content says entirely what the page looks like: see Settled.
func (h Home) Content() any {
	return struct {
		frame
		notice   string
		otherWay Way
	}{h.frame(), h.Notice, h.OtherWay}
}

// Content says entirely what the page looks like: see Settled.
func (g Greet) Content() any {
	return struct {
		frame
		name, text string
	}{g.frame(), g.Name, g.Text()}
}
