package resource

import "github.com/clusto/clusto"

// NetworkIn returns what [Manager.Network] would if the attributes of m were
// attrs, without a question.
func (m *Manager) NetworkIn(attrs []clusto.Attr) (Network, bool, error) {
	properties := make([]clusto.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a.Subkey == clusto.Sub(clusto.SubkeyProperty) {
			properties = append(properties, a)
		}
	}
	return m.network(properties)
}
