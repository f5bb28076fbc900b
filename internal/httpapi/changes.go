package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/convert"
)

// read reads the body of a request that changes something, or answers that it
// cannot be read.
func (s *Server) read(w http.ResponseWriter, r *http.Request, body any, optional bool) bool {
	err := readBody(r, body, optional)
	if err != nil {
		s.fail(w, r, err)
	}
	return err == nil
}

// Transact answers transact.
func (s *Server) Transact(w http.ResponseWriter, r *http.Request, params api.TransactParams) {
	var body api.TransactJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations: body.Operations, description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
			conditions: body.IfMatch,
		})
	}
}

// CreateEntities answers createEntities.
func (s *Server) CreateEntities(w http.ResponseWriter, r *http.Request, params api.CreateEntitiesParams) {
	var body api.CreateEntitiesJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	c := changing{description: body.Description, dryRun: body.DryRun, status: http.StatusCreated, key: params.IdempotencyKey, body: body}
	for i := range body.Entities {
		c.operations = append(c.operations, api.Operation{Create: &body.Entities[i]})
	}
	s.change(w, r, c)
}

// ChangeEntity answers changeEntity.
func (s *Server) ChangeEntity(w http.ResponseWriter, r *http.Request, name api.Name, params api.ChangeEntityParams) {
	var body api.ChangeEntityJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	c := one(name, params.IfMatch)
	c.description, c.dryRun = body.Description, body.DryRun
	if body.Driver != "" {
		c.operations = append(c.operations, api.Operation{SetDriver: &api.SetDriver{Entity: name, Driver: body.Driver}})
	}
	if body.Name != "" {
		c.operations = append(c.operations, api.Operation{Rename: &api.RenameEntity{Entity: name, Name: body.Name}})
		c.renamed = body.Name
	}
	s.change(w, r, c)
}

// DeleteEntity answers deleteEntity.
func (s *Server) DeleteEntity(w http.ResponseWriter, r *http.Request, name api.Name, params api.DeleteEntityParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Delete: &api.DeleteEntity{Entity: name}}},
		description: params.Description, dryRun: params.DryRun, entity: name, ifMatch: params.IfMatch,
	})
}

// AddAttributes answers addAttributes.
func (s *Server) AddAttributes(w http.ResponseWriter, r *http.Request, name api.Name, params api.AddAttributesParams) {
	var body api.AddAttributesJSONRequestBody
	if s.read(w, r, &body, false) {
		c := one(name, params.IfMatch, api.Operation{AddAttrs: &api.ChangeAttrs{Entity: name, Attrs: body.Attrs}})
		c.description, c.dryRun, c.status, c.key, c.body = body.Description, body.DryRun, http.StatusCreated, params.IdempotencyKey, body
		s.change(w, r, c)
	}
}

// SetAttributes answers setAttributes.
func (s *Server) SetAttributes(w http.ResponseWriter, r *http.Request, name api.Name, params api.SetAttributesParams) {
	var body api.SetAttributesJSONRequestBody
	if s.read(w, r, &body, false) {
		c := one(name, params.IfMatch, api.Operation{SetAttrs: &api.ChangeAttrs{Entity: name, Attrs: body.Attrs}})
		c.description, c.dryRun = body.Description, body.DryRun
		s.change(w, r, c)
	}
}

// DeleteAttributes answers deleteAttributes.
func (s *Server) DeleteAttributes(w http.ResponseWriter, r *http.Request, name api.Name, params api.DeleteAttributesParams) {
	del := &api.DeleteAttrs{Entity: name, Key: params.Key, Subkey: params.Subkey}
	switch n, err := strconv.ParseInt(params.Number, 10, 64); {
	case params.Number == "":
	case params.Number == "none":
		del.Number = json.RawMessage("false")
	case err != nil || n < 0:
		s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the number %.40q is none", params.Number), "write a number from 0 on, or none"))
		return
	default:
		del.Number = json.RawMessage(params.Number)
	}
	if params.Value != nil {
		var err error
		if del.Type, del.Value, err = writtenValue(*params.Value); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	c := one(name, params.IfMatch, api.Operation{DeleteAttrs: del})
	c.description, c.dryRun = params.Description, params.DryRun
	s.change(w, r, c)
}

// writtenValue returns a value that somebody wrote, such as relation:web1, with its
// type.
func writtenValue(text string) (api.ValueType, json.RawMessage, error) {
	v, to, err := convert.ParseValue(text)
	if err != nil {
		return "", nil, err
	}
	if to != "" {
		return api.ValueRelation, asJSON(to), nil
	}
	if v.Kind() == "" {
		return "", json.RawMessage("null"), nil
	}
	return api.ValueType(v.Kind()), asJSON(plainValue(v)), nil
}

// InsertContent answers insertContent.
func (s *Server) InsertContent(w http.ResponseWriter, r *http.Request, name api.Name, content string) {
	var body api.InsertContentJSONRequestBody
	if s.read(w, r, &body, true) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Insert: &api.Insert{Entity: content, Container: name, RackUnits: body.RackUnits, Side: body.Side}}},
			description: body.Description, dryRun: body.DryRun,
		})
	}
}

// RemoveContent answers removeContent.
func (s *Server) RemoveContent(w http.ResponseWriter, r *http.Request, name api.Name, content string, params api.RemoveContentParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Remove: &api.Remove{Entity: content, Container: name}}},
		description: params.Description, dryRun: params.DryRun,
	})
}

// SetPortAttributes answers setPortAttributes.
func (s *Server) SetPortAttributes(w http.ResponseWriter, r *http.Request, name api.Name, portType api.PortType, number api.PortNumber) {
	var body api.SetPortAttributesJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations: []api.Operation{{SetPortAttrs: &api.SetPortAttrs{
				Port: api.PortRef{Entity: name, Type: portType, Port: number}, Attrs: body.Attrs,
			}}},
			description: body.Description, dryRun: body.DryRun,
		})
	}
}

// ConnectPort answers connectPort.
func (s *Server) ConnectPort(w http.ResponseWriter, r *http.Request, name api.Name, portType api.PortType, number api.PortNumber) {
	var body api.ConnectPortJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Connect: &api.Connect{From: api.PortRef{Entity: name, Type: portType, Port: number}, To: body.To}}},
			description: body.Description, dryRun: body.DryRun,
		})
	}
}

// DisconnectPort answers disconnectPort.
func (s *Server) DisconnectPort(w http.ResponseWriter, r *http.Request, name api.Name, portType api.PortType, number api.PortNumber, params api.DisconnectPortParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Disconnect: &api.PortRef{Entity: name, Type: portType, Port: number}}},
		description: params.Description, dryRun: params.DryRun,
	})
}

// CallMethod answers callMethod.
func (s *Server) CallMethod(w http.ResponseWriter, r *http.Request, name api.Name, method string, params api.CallMethodParams) {
	var body api.CallMethodJSONRequestBody
	if s.read(w, r, &body, true) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Call: &api.CallMethod{Entity: name, Method: method, Args: body.Args, Named: body.Named}}},
			description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
		})
	}
}
