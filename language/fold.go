package language

import (
	"html"
	"html/template"
	nodes "text/template/parse"
)

// Fold writes what {{t "id"}} says in this language, without anything to fill in, into the
// templates of set, as if it had stood there, so that no page looks it up again. Nothing may
// have executed set.
func (w *Words) Fold(set *template.Template) {
	for _, t := range set.Templates() {
		if t.Tree != nil {
			w.fold(t.Tree.Root)
		}
	}
}

func (w *Words) fold(list *nodes.ListNode) {
	if list == nil {
		return
	}
	for i, node := range list.Nodes {
		switch n := node.(type) {
		case *nodes.ActionNode:
			if id, ok := constant(n.Pipe); ok && w.Has(id) {
				list.Nodes[i] = &nodes.TextNode{NodeType: nodes.NodeText, Pos: n.Pos, Text: []byte(html.EscapeString(w.Text(id)))}
			}
		case *nodes.IfNode:
			w.fold(n.List)
			w.fold(n.ElseList)
		case *nodes.RangeNode:
			w.fold(n.List)
			w.fold(n.ElseList)
		case *nodes.WithNode:
			w.fold(n.List)
			w.fold(n.ElseList)
		}
	}
}

// constant is the id in a pipe that says {{t "id"}} and nothing else.
func constant(pipe *nodes.PipeNode) (id string, ok bool) {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 2 {
		return "", false
	}
	name, isName := pipe.Cmds[0].Args[0].(*nodes.IdentifierNode)
	text, isText := pipe.Cmds[0].Args[1].(*nodes.StringNode)
	if !isName || !isText || name.Ident != "t" {
		return "", false
	}
	return text.Text, true
}
