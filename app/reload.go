package app

import (
	"reflect"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/server"
)

// reload reads the configuration anew and uses what can be changed while the
// service runs. A configuration that is wrong changes nothing.
func (v *service) reload(read func() (*config.Config, error)) {
	log := v.setting.Log
	server.Notify(log, server.StateReloading)
	defer server.Notify(log, server.StateReady)
	conf, err := read()
	if err == nil {
		err = v.use(conf)
	}
	if err != nil {
		v.reloads.WithLabelValues("refused").Inc()
		attrs := []any{"file", v.setting.Config.Path, "err", err}
		if hint := clusto.Hint(err); hint != "" {
			attrs = append(attrs, "hint", hint)
		}
		log.Error("the new configuration is refused; the old one stays", attrs...)
		return
	}
	v.reloads.WithLabelValues("used").Inc()
	log.Info("the configuration was read again", "file", conf.Path)
	if later := restartFor(v.setting.Config, conf); len(later) > 0 {
		log.Warn("some of what has changed is used only after a restart (SIGUSR2)", "sections", later)
	}
}

// use takes over what can be changed.
func (v *service) use(conf *config.Config) error {
	if v.http != nil {
		settings := httpSettings(conf.HTTP)
		if was := v.setting.Config.HTTP; (settings.TLS.Cert == "") != (was.TLSCert == "") {
			settings.TLS = httpSettings(was).TLS // to begin or end to speak TLS takes a restart
		}
		if err := v.http.Reload(settings); err != nil {
			return err
		}
	}
	v.setting.Level.Set(conf.Clusto.LogLevel)
	return nil
}

// restartFor returns the sections that differ in what is used only after a restart.
func restartFor(running, read *config.Config) []string {
	clusto, http := read.Clusto, read.HTTP
	clusto.LogLevel = running.Clusto.LogLevel
	is := running.HTTP
	if (http.TLSCert == "") == (is.TLSCert == "") {
		http.TLSCert, http.TLSKey, http.ClientCA = is.TLSCert, is.TLSKey, is.ClientCA
	}
	http.MaxBody, http.RateAddress, http.RateUser = is.MaxBody, is.RateAddress, is.RateUser
	http.ReadTimeout, http.WriteTimeout = is.ReadTimeout, is.WriteTimeout
	http.RequestTimeout, http.StopTimeout = is.RequestTimeout, is.StopTimeout
	http.TrustedProxies, http.MetricsFrom = is.TrustedProxies, is.MetricsFrom
	var differ []string
	for _, section := range []struct {
		name          string
		running, read any
	}{
		{"clusto", running.Clusto, clusto},
		{"script", running.Script, read.Script},
		{"serve", running.Serve, read.Serve},
		{"http", is, http},
		{"snmptrapd", running.SNMPTrapd, read.SNMPTrapd},
		{"dhcpd", running.DHCPd, read.DHCPd},
		{"rackfactory", running.RackFactory, read.RackFactory},
	} {
		if !reflect.DeepEqual(section.running, section.read) {
			differ = append(differ, section.name)
		}
	}
	return differ
}
