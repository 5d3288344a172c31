package templates

// Settled is a page that looks the same whenever its Content is the same: a comparable
// value, with nothing behind a pointer that may change. Pages of two sites may have the
// same one.
type Settled interface {
	Page
	Content() any
}

// frame is what the frame around a page is made of, but for the Site, which is the same
// on every page.
type frame struct {
	signedIn    bool
	person      Person
	path, nonce string
	tag         string
	language    Switch
}

func (b Base) frame() frame {
	f := frame{path: b.Path, nonce: b.Nonce, language: b.Switch}
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
