package operation

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
)

// Source is one of a document's source descriptions, as far as it could be read.
type Source struct {
	arazzo.Source
	Operations []Operation
	Channels   []Channel
	Err        error // why it could not be read
}

// Channel is where messages arrive: one of Knock's outbound webhooks, in groups as its description
// has them.
type Channel struct {
	ID    string   // its operationId
	Name  string   // as the description names it
	Types []string // of the events that arrive there
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// ReadSource reads the text of an OpenAPI or AsyncAPI description.
func ReadSource(s arazzo.Source, data []byte) Source {
	out := Source{Source: s}
	root, err := arazzo.Read(data)
	switch {
	case err != nil:
		out.Err = err
	case root.Member("asyncapi") != nil:
		out.Channels = channels(root)
	case root.Member("paths") != nil:
		out.Operations, out.Err = operations(root, s.Name)
	default:
		out.Err = errors.New("it is neither an OpenAPI nor an AsyncAPI description")
	}
	return out
}

// operations are those of an OpenAPI description.
func operations(root *arazzo.Node, source string) (out []Operation, err error) {
	base, err := basePath(root)
	if err != nil {
		return nil, err
	}
	for _, p := range root.Member("paths").Members {
		for _, m := range p.Value.Members {
			if !slices.Contains(methods, m.Name) {
				continue
			}
			o := Operation{ID: m.Value.Member("operationId").Text(), Method: strings.ToUpper(m.Name), Path: base + p.Name, API: Public, Source: source}
			if known, ok := Known(o.Method, o.Path); ok {
				o.API, o.Tier = known.API, known.Tier
			}
			out = append(out, o)
		}
	}
	return out, nil
}

// basePath is the path of the first server. A description of another host is refused: flows call
// Knock alone, with Knock's keys.
func basePath(root *arazzo.Node) (string, error) {
	servers := root.Member("servers")
	if servers == nil || len(servers.Items) == 0 {
		return "", nil
	}
	text := servers.Items[0].Member("url").Text()
	u, err := url.Parse(text)
	if err != nil {
		return "", nil // a server with {variables}: the host is the profile's anyway
	}
	if host := u.Hostname(); host != "" && host != "knock.app" && !strings.HasSuffix(host, ".knock.app") {
		return "", errors.New("it describes " + host + ", and flows call Knock alone")
	}
	return strings.TrimSuffix(u.Path, "/"), nil
}

// channels are those of an AsyncAPI description, version 2 or 3.
func channels(root *arazzo.Node) (out []Channel) {
	section := root.Member("channels")
	if section == nil {
		return nil
	}
	for _, m := range section.Members {
		c := Channel{Name: m.Name}
		for _, verb := range []string{"subscribe", "publish"} {
			if op := m.Value.Member(verb); op != nil {
				c.ID = op.Member("operationId").Text()
				c.Types = append(c.Types, messageNames(root, op.Member("message"))...)
			}
		}
		if all := m.Value.Member("messages"); all != nil {
			for _, x := range all.Members {
				c.Types = append(c.Types, messageNames(root, x.Value)...)
			}
		}
		out = append(out, c)
	}
	if ops := root.Member("operations"); ops != nil { // version 3 keeps them apart
		for _, m := range ops.Members {
			ref := m.Value.Member("channel").Member("$ref").Text()
			for i := range out {
				if ref == "#/channels/"+escape(out[i].Name) {
					out[i].ID = m.Name
				}
			}
		}
	}
	return out
}

func escape(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

// messageNames are the names of a message, which may be one of several, through one reference each.
func messageNames(root, n *arazzo.Node) (names []string) {
	if n == nil {
		return nil
	}
	if one := n.Member("oneOf"); one != nil {
		for _, x := range one.Items {
			names = append(names, messageNames(root, x)...)
		}
		return names
	}
	if ref := n.Member("$ref").Text(); strings.HasPrefix(ref, "#") {
		p, err := value.ParsePointer(ref[1:])
		if err != nil {
			return nil
		}
		n = root
		for _, token := range p {
			n = n.Member(token)
		}
	}
	if name := n.Member("name").Text(); name != "" {
		return []string{name}
	}
	return nil
}
