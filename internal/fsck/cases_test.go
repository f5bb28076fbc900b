package fsck_test

// cases are ways to break the world, and what is to be found; what ends in
// "person" no repair touches.
var cases = []struct {
	name   string
	damage []string
	want   []string
}{
	{
		name: "meta missing",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <clustometa>`,
			`DELETE FROM counters WHERE entity_id = <clustometa>`,
			`DELETE FROM entities WHERE name = 'clustometa'`,
		},
		want: []string{
			`error meta: the entity clustometa is missing, without which nothing can be allocated => makes it`,
		},
	},
	{
		name: "schema version missing",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <clustometa>`,
		},
		want: []string{
			`warning meta: clustometa does not say which version the schema has => sets its property schemaversion to 3`,
		},
	},
	{
		name: "schema version of another time",
		damage: []string{
			`UPDATE entity_attrs SET int_value = 2 WHERE entity_id = <clustometa>`,
		},
		want: []string{
			`warning meta: the property schemaversion of clustometa is 2 and not 3 => person`,
		},
	},
	{
		name: "doubled name",
		damage: []string{
			`DROP INDEX clusto_live_name`,
			`UPDATE entities SET name = 'web1' WHERE name IN ('web3', 'other')`,
		},
		want: []string{
			`error doubled: web1 (entity 8) has the name of web1 (entity 6) => renames the newer one to web1-duplicate-1`,
			`error doubled: web1 (entity 12) has the name of web1 (entity 6) => renames the newer one to web1-duplicate-2`,
		},
	},
	{
		name: "doubled name that is taken",
		damage: []string{
			`DROP INDEX clusto_live_name`,
			`UPDATE entities SET name = 'web1-duplicate-1' WHERE name = 'solo'`,
			`UPDATE entities SET name = 'web1' WHERE name = 'web3'`,
		},
		want: []string{
			`error doubled: web1 (entity 8) has the name of web1 (entity 6) => renames the newer one to web1-duplicate-2`,
		},
	},
	{
		name: "doubled name that is not allowed",
		damage: []string{
			`DROP INDEX clusto_live_name`,
			`UPDATE entities SET name = ' a/b' WHERE name IN ('web3', 'solo')`,
		},
		want: []string{
			`error doubled:  a/b (entity 13) has the name of  a/b (entity 8) => renames the newer one to a-b-duplicate-1`,
			`info names: a new entity could not be called so: name " a/b" begins or ends with a blank => person`,
			`info names: a new entity could not be called so: name " a/b" begins or ends with a blank => person`,
		},
	},
	{
		name: "attributes of a dead entity",
		damage: []string{
			`UPDATE entities SET deleted_at_version = 4 WHERE name = 'web3'`,
			`<web3> colour - - = string red`,
		},
		want: []string{
			`error orphans: web3 (entity 8), which was deleted, still has 1 live attribute => ends them; they stay in the history`,
		},
	},
	{
		name: "attributes of no entity",
		damage: []string{
			`<web3> colour - - = string red`,
			`DELETE FROM entities WHERE name = 'web3'`,
		},
		want: []string{
			`error orphans: entity 8, which does not exist, still has 1 live attribute => ends them; they stay in the history`,
		},
	},
	{
		name: "counters of no entity",
		damage: []string{
			`INSERT INTO counters (entity_id, attr_key, value) VALUES (9000, 'x', 1), (9000, 'y', 1)`,
		},
		want: []string{
			`warning orphans: entity 9000, which does not exist, still has 2 counters => removes them`,
		},
	},
	{
		name: "dangling",
		damage: []string{
			`<web1> friend 2 best = relation 9000`,
		},
		want: []string{
			`error dangling: web1: friend.best#2 refers to entity 9000, which does not exist => ends the attribute; it stays in the history`,
		},
	},
	{
		name: "dangling to a dead entity",
		damage: []string{
			`<web1> friend - - = relation <web3>`,
			`UPDATE entities SET deleted_at_version = 4 WHERE name = 'web3'`,
		},
		want: []string{
			`error dangling: web1: friend refers to web3 (entity 8), which was deleted => ends the attribute; it stays in the history`,
		},
	},
	{
		name: "manager deleted",
		damage: []string{
			`UPDATE entities SET deleted_at_version = 4 WHERE name = 'vlans'`,
			`DELETE FROM counters WHERE entity_id = <vlans>`,
			`DELETE FROM entity_attrs WHERE entity_id = <vlans>`,
		},
		want: []string{
			`error dangling: web1: simplenum.manager#0 refers to vlans (entity 10), which was deleted => ends the attribute; it stays in the history`,
			`warning resources: web1: simplenum#0, 0, is from no manager => person`,
		},
	},
	{
		name: "unknown datatype",
		damage: []string{
			`<web1> size - - = decimal 12`,
		},
		want: []string{
			`error values: web1: size: its datatype is "decimal", which is none => writes it anew as the text "12"; the old row stays in the history`,
		},
	},
	{
		name: "time that is none",
		damage: []string{
			`<web1> bought - - = datetime yesterday`,
		},
		want: []string{
			`error values: web1: bought: its datatype is datetime, and its value "yesterday" => writes it anew as the text "yesterday"; the old row stays in the history`,
		},
	},
	{
		name: "number that is a text",
		damage: []string{
			`<web1> size - - = int big`,
		},
		want: []string{
			`error values: web1: size: its datatype is int, and its value "big" => writes it anew as the text "big"; the old row stays in the history`,
		},
	},
	{
		name: "json that is none",
		damage: []string{
			`<web1> size - - = json {x`,
		},
		want: []string{
			`error values: web1: size: its datatype is json, and its value "{x" => writes it anew as the text "{x"; the old row stays in the history`,
		},
	},
	{
		name: "value in another column",
		damage: []string{
			`INSERT INTO entity_attrs (entity_id, "key", datatype, string_value, version) VALUES (<web1>, 'size', 'int', '12', 1)`,
		},
		want: []string{
			`error values: web1: size: its datatype is int, and it has a text => writes it anew as the text "12"; the old row stays in the history`,
		},
	},
	{
		name: "relation in another column",
		damage: []string{
			`INSERT INTO entity_attrs (entity_id, "key", datatype, relation_id, version) VALUES (<web1>, 'friend', 'int', <web2>, 1)`,
		},
		want: []string{
			`error values: web1: friend: its datatype is int, and it has a relation => writes it anew as the relation to web2; the old row stays in the history`,
		},
	},
	{
		name: "value in two columns",
		damage: []string{
			`INSERT INTO entity_attrs (entity_id, "key", datatype, int_value, string_value, version) VALUES (<web1>, 'size', 'int', 12, 'x', 1)`,
		},
		want: []string{
			`error values: web1: size: its datatype is int, and it has a text too => writes it anew as the number "12"; the old row stays in the history`,
		},
	},
	{
		name: "unknown datatype under a bad key",
		damage: []string{
			`<web1> 9size - - = decimal 12`,
		},
		want: []string{
			`error values: web1: 9size: its datatype is "decimal", which is none => person`,
			`info names: 1 attribute, the first of web1, could not be written today: key "9size": want letters, digits, _ and -, beginning with a letter or _ => person`,
		},
	},
	{
		name: "stale number of a port",
		damage: []string{
			`<web3> port-nic-eth 1 otherportnum = int 7`,
		},
		want: []string{
			`warning connections: web3 nic-eth/1 is connected to nothing, and says that to be port 7 => removes the number of the port`,
		},
	},
	{
		name: "half that the free side completes",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'port-nic-eth'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 is connected to web1 nic-eth/1, which does not know it => connects web1 nic-eth/1 as well`,
		},
	},
	{
		name: "half whose other side has the right number",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'port-nic-eth' AND subkey = 'connection'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 is connected to web1 nic-eth/1, which does not know it => connects web1 nic-eth/1 as well`,
		},
	},
	{
		name: "half whose other side has the wrong number",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'port-nic-eth' AND subkey = 'connection'`,
			`UPDATE entity_attrs SET int_value = 40 WHERE entity_id = <web1> AND "key" = 'port-nic-eth'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 is connected to web1 nic-eth/1, which is connected to nothing, and something else speaks against the cable => removes this half of the connection`,
			`warning connections: web1 nic-eth/1 is connected to nothing, and says that to be port 40 => removes the number of the port`,
		},
	},
	{
		name: "half of an outlet",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <pdu> AND "key" = 'port-pwr-nema-5'`,
		},
		want: []string{
			`error connections: web1 pwr-nema-5/1 is connected to pdu pwr-nema-5/1, which does not know it => connects pdu pwr-nema-5/1 as well`,
		},
	},
	{
		name: "half that two claim",
		damage: []string{
			`<web3> port-nic-eth 1 connection = relation <sw>`,
			`<web3> port-nic-eth 1 otherportnum = int 5`,
			`<web3> port-nic-eth 2 connection = relation <sw>`,
			`<web3> port-nic-eth 2 otherportnum = int 5`,
		},
		want: []string{
			`error connections: web3 nic-eth/1 is connected to sw nic-eth/5, which is connected to nothing, and something else speaks against the cable => removes this half of the connection`,
			`error connections: web3 nic-eth/2 is connected to sw nic-eth/5, which is connected to nothing, and something else speaks against the cable => removes this half of the connection`,
		},
	},
	{
		name: "half that leads to one connected elsewhere",
		damage: []string{
			`<web3> port-nic-eth 1 connection = relation <sw>`,
			`<web3> port-nic-eth 1 otherportnum = int 1`,
		},
		want: []string{
			`error connections: web3 nic-eth/1 is connected to sw nic-eth/1, which is connected to web1 nic-eth/1 => removes this half of the connection`,
		},
	},
	{
		name: "half that leads to no port",
		damage: []string{
			`<web3> port-nic-eth 1 connection = relation <sw>`,
			`<web3> port-nic-eth 1 otherportnum = int 99`,
		},
		want: []string{
			`error connections: web3 nic-eth/1 is connected to sw nic-eth/99, which is no port of its driver => removes this half of the connection`,
		},
	},
	{
		name: "connection without number on one side",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'port-nic-eth' AND subkey = 'otherportnum'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 is connected to web1 nic-eth/1, which does not know it => connects web1 nic-eth/1 as well`,
		},
	},
	{
		name: "connection without number on both sides",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id IN (<web1>, <sw>) AND "key" = 'port-nic-eth' AND number = 1 AND subkey = 'otherportnum'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 and web1 nic-eth/1 are connected to each other's device, and do not say to which port => writes the numbers of the ports, as there is no other such connection`,
		},
	},
	{
		name: "two connections without number",
		damage: []string{
			`DELETE FROM entity_attrs WHERE "key" = 'port-nic-eth' AND subkey = 'otherportnum'`,
			`UPDATE entity_attrs SET relation_id = <web1> WHERE relation_id = <web2> AND "key" = 'port-nic-eth'`,
			`UPDATE entity_attrs SET entity_id = <web1>, number = 2 WHERE entity_id = <web2> AND "key" = 'port-nic-eth'`,
		},
		want: []string{
			`error connections: sw nic-eth/1 is connected to web1, and does not say to which port => removes this half of the connection`,
			`error connections: sw nic-eth/2 is connected to web1, and does not say to which port => removes this half of the connection`,
			`error connections: web1 nic-eth/1 is connected to sw, and does not say to which port => removes this half of the connection`,
			`error connections: web1 nic-eth/2 is connected to sw, and does not say to which port => removes this half of the connection`,
		},
	},
	{
		name: "connected to itself",
		damage: []string{
			`<web3> port-nic-eth 1 connection = relation <web3>`,
			`<web3> port-nic-eth 1 otherportnum = int 1`,
		},
		want: []string{
			`error connections: web3 nic-eth/1 is connected to itself => removes the connection`,
		},
	},
	{
		name: "connected twice",
		damage: []string{
			`<web1> port-nic-eth 1 connection = relation <web3>`,
		},
		want: []string{
			`error connections: web1 nic-eth/1 has rows that contradict each other about what it is connected to => person`,
		},
	},
	{
		name: "said twice",
		damage: []string{
			`<web1> port-nic-eth 1 connection = relation <sw>`,
		},
		want: []string{
			`warning connections: web1 nic-eth/1 says more than once what it is connected to => says it once`,
		},
	},
	{
		name: "connection to a dead device",
		damage: []string{
			`UPDATE entities SET deleted_at_version = 4 WHERE name = 'web2'`,
			`UPDATE entity_attrs SET deleted_at_version = 4 WHERE entity_id = <web2> OR relation_id = <web2> AND "key" = '_contains'`,
		},
		want: []string{
			`error dangling: sw: port-nic-eth.connection#2 refers to web2 (entity 7), which was deleted => ends the attribute; it stays in the history`,
			`warning connections: sw nic-eth/2 is connected to nothing, and says that to be port 1 => removes the number of the port`,
		},
	},
	{
		name: "connected at no port of the driver",
		damage: []string{
			`UPDATE entities SET driver = 'basicvirtualserver' WHERE name = 'web1'`,
			`UPDATE entity_attrs SET number = 3 WHERE entity_id = <web1> AND "key" = 'port-nic-eth'`,
			`UPDATE entity_attrs SET int_value = 3 WHERE entity_id = <sw> AND "key" = 'port-nic-eth' AND number = 1 AND subkey = 'otherportnum'`,
		},
		want: []string{
			`warning connections: web1 nic-eth/3 is connected, and driver basicvirtualserver has no such port => person`,
		},
	},
	{
		name: "unit taken twice",
		damage: []string{
			`<rack> _contains 1 ru = relation <web3>`,
		},
		want: []string{
			`error racks: unit 1 of rack holds web1, web3 => person`,
		},
	},
	{
		name: "the same in a unit twice",
		damage: []string{
			`<rack> _contains 1 ru = relation <web1>`,
		},
		want: []string{
			`warning racks: web1 is in unit 1 of rack more than once => says it once`,
		},
	},
	{
		name: "unit outside",
		damage: []string{
			`<rack> _contains 46 ru = relation <web3>`,
		},
		want: []string{
			`warning racks: web3 is in unit 46 of rack, which has 1 to 45 => person`,
		},
	},
	{
		name: "unit outside a smaller rack",
		damage: []string{
			`UPDATE entity_attrs SET int_value = 5 WHERE entity_id = <rack> AND "key" = 'maxu'`,
		},
		want: []string{
			`warning racks: sw is in unit 10 of rack, which has 1 to 5 => person`,
		},
	},
	{
		name: "units apart",
		damage: []string{
			`<rack> _contains 20 ru = relation <web3>`,
			`<rack> _contains 22 ru = relation <web3>`,
		},
		want: []string{
			`warning racks: web3 is in the units 20 22 of rack, which are not adjacent => person`,
		},
	},
	{
		name: "in two racks",
		damage: []string{
			`UPDATE entities SET type = 'rack', driver = 'basicrack' WHERE name = 'other'`,
			`DELETE FROM entity_attrs WHERE entity_id = <other>`,
			`<other> _contains 1 ru = relation <web1>`,
		},
		want: []string{
			`error racks: web1 is in several racks: rack, other => person`,
		},
	},
	{
		name: "no device in a rack",
		damage: []string{
			`<rack> _contains 30 ru = relation <solo>`,
		},
		want: []string{
			`error containers: solo is in the rack rack, and is no device => person`,
		},
	},
	{
		name: "twice in a pool",
		damage: []string{
			`<pool> _contains 9 - = relation <web1>`,
		},
		want: []string{
			`warning containers: web1 is in pool more than once => says it once`,
			`warning counters: the counter _contains of pool is at 1, and numbers up to 9 are in use => moves it to 9`,
		},
	},
	{
		name: "in an exclusive pool and another",
		damage: []string{
			`<solo> _contains 0 - = relation <web1>`,
		},
		want: []string{
			`error containers: web1 is in pool, solo: what is in an exclusive pool is in no other pool => person`,
		},
	},
	{
		name: "in two datacenters",
		damage: []string{
			`UPDATE entities SET type = 'datacenter', driver = 'basicdatacenter' WHERE name = 'solo'`,
			`<solo> _contains 0 - = relation <rack>`,
		},
		want: []string{
			`error containers: rack is in dc, solo: a thing is in one basicdatacenter only => person`,
		},
	},
	{
		name: "in two unique pools",
		damage: []string{
			`UPDATE entities SET driver = 'unique_pool' WHERE name IN ('solo', 'pool')`,
			`<solo> _contains 0 - = relation <web1>`,
		},
		want: []string{
			`error containers: web1 is in pool, solo: a thing is in one unique pool only => person`,
		},
	},
	{
		name: "in two plain containers",
		damage: []string{
			`<web1> _contains 0 - = relation <web3>`,
			`<web2> _contains 0 - = relation <web3>`,
		},
		want: []string{
			`error containers: web3 is in web1, web2: each of them takes only what is nowhere else => person`,
		},
	},
	{
		name: "in itself",
		damage: []string{
			`<pool> _contains 9 - = relation <pool>`,
		},
		want: []string{
			`error cycles: pool contains itself => takes it out of itself`,
			`warning counters: the counter _contains of pool is at 1, and numbers up to 9 are in use => moves it to 9`,
		},
	},
	{
		name: "cycle",
		damage: []string{
			`<pool> _contains 9 - = relation <other>`,
		},
		want: []string{
			`error cycles: pool, other contain each other => person`,
			`warning counters: the counter _contains of pool is at 1, and numbers up to 9 are in use => moves it to 9`,
		},
	},
	{
		name: "network that is none",
		damage: []string{
			`UPDATE entity_attrs SET string_value = '255.0.255.0' WHERE entity_id = <net> AND "key" = 'netmask'`,
		},
		want: []string{
			`error managers: net: property netmask: "255.0.255.0" is not a netmask: its ones are not all in front => person`,
			`warning hints: 1 free-range hint of net cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
		},
	},
	{
		name: "no network",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <net> AND "key" = 'baseip'`,
		},
		want: []string{
			`warning hints: 1 free-range hint of net cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
			`info managers: net has no network, so it hands out nothing => person`,
		},
	},
	{
		name: "the same network twice",
		damage: []string{
			`UPDATE entities SET type = 'resourcemanager', driver = 'ipmanager' WHERE name = 'solo'`,
			`<solo> baseip - property = string 10.0.0.9`,
			`<solo> netmask - property = string 24`,
		},
		want: []string{
			`warning managers: net and solo have the same network, 10.0.0.0/24 => person`,
		},
	},
	{
		name: "address without manager",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'ip' AND subkey = 'manager'`,
		},
		want: []string{
			`warning resources: web1: ip#0, 10.0.0.1, is from no manager => makes net its manager, which it belongs to`,
		},
	},
	{
		name: "address that no manager covers",
		damage: []string{
			`<web3> ip 7 - = int 5`,
		},
		want: []string{
			`warning resources: web3: ip#7, 128.0.0.5, is from no manager => person`,
			`warning counters: the counter ip of clustometa is at 2, and numbers up to 7 are in use => moves it to 8`,
		},
	},
	{
		name: "number without manager",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'simplenum' AND subkey = 'manager'`,
		},
		want: []string{
			`warning resources: web1: simplenum#0, 0, is from no manager => person`,
		},
	},
	{
		name: "manager without address",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'ip' AND subkey IS NULL`,
		},
		want: []string{
			`error resources: web1: ip#0 is said to be from net, and there is no resource => person`,
		},
	},
	{
		name: "two addresses under one number",
		damage: []string{
			`<web1> ip 0 - = int 5`,
		},
		want: []string{
			`error resources: web1: ip#0 has 2 resources under one number => person`,
		},
	},
	{
		name: "two managers",
		damage: []string{
			`<web1> ip 0 manager = relation <vlans>`,
		},
		want: []string{
			`error resources: web1: ip#0 has 2 managers => person`,
		},
	},
	{
		name: "manager that is none",
		damage: []string{
			`UPDATE entity_attrs SET relation_id = <sw> WHERE entity_id = <web1> AND "key" = 'ip' AND subkey = 'manager'`,
		},
		want: []string{
			`error resources: web1: ip#0 is from sw, which is no resource manager => person`,
		},
	},
	{
		name: "manager of another kind",
		damage: []string{
			`UPDATE entity_attrs SET relation_id = <vlans> WHERE entity_id = <web1> AND "key" = 'ip' AND subkey = 'manager'`,
		},
		want: []string{
			`error resources: web1: ip#0 is from vlans, which hands out what is called simplenum => person`,
		},
	},
	{
		name: "address outside the network",
		damage: []string{
			`UPDATE entity_attrs SET string_value = '10.0.1.0' WHERE entity_id = <net> AND "key" = 'baseip'`,
		},
		want: []string{
			`error resources: web1: ip#0, 10.0.0.1, is from net, whose network is 10.0.1.0/24 => person`,
			`error resources: web2: ip#1, 10.0.0.2, is from net, whose network is 10.0.1.0/24 => person`,
			`warning hints: 1 free-range hint of net cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
		},
	},
	{
		name: "number beyond the highest",
		damage: []string{
			`UPDATE entity_attrs SET int_value = -1 WHERE entity_id = <vlans> AND "key" = 'maxnum'`,
		},
		want: []string{
			`warning resources: web1: simplenum#0 is 0, and vlans hands out numbers up to -1 => person`,
		},
	},
	{
		name: "address that is none",
		damage: []string{
			`UPDATE entity_attrs SET datatype = 'string', int_value = NULL, string_value = 'x' WHERE entity_id = <web1> AND "key" = 'ip' AND subkey IS NULL`,
		},
		want: []string{
			`error resources: web1: ip#0 is no address: "x" is not an IP address => person`,
		},
	},
	{
		name: "ipstring wrong",
		damage: []string{
			`UPDATE entity_attrs SET string_value = '10.0.0.77' WHERE entity_id = <web1> AND "key" = 'ip' AND subkey = 'ipstring'`,
		},
		want: []string{
			`error resources: web1: ip#0 is 10.0.0.1, and its ipstring is "10.0.0.77" => writes 10.0.0.1, by which the manager goes`,
		},
	},
	{
		name: "ipstring missing",
		damage: []string{
			`DELETE FROM entity_attrs WHERE entity_id = <web1> AND "key" = 'ip' AND subkey = 'ipstring'`,
		},
		want: []string{
			`error resources: web1: ip#0 is 10.0.0.1, and its ipstring is nothing => writes 10.0.0.1, by which the manager goes`,
		},
	},
	{
		name: "ipstring twice",
		damage: []string{
			`<web1> ip 0 ipstring = string 10.0.0.1`,
		},
		want: []string{
			`error resources: web1: ip#0 is 10.0.0.1, and it has 2 ipstrings => writes 10.0.0.1, by which the manager goes`,
		},
	},
	{
		name: "ipstring wrong, address outside",
		damage: []string{
			`UPDATE entity_attrs SET int_value = 5 WHERE entity_id = <web1> AND "key" = 'ip' AND subkey IS NULL`,
		},
		want: []string{
			`error resources: web1: ip#0, 128.0.0.5, is from net, whose network is 10.0.0.0/24 => person`,
			`error resources: web1: ip#0 is 128.0.0.5, and its ipstring is "10.0.0.1" => person`,
		},
	},
	{
		name: "address twice",
		damage: []string{
			`UPDATE entity_attrs SET int_value = -1979711487 WHERE "key" = 'ip' AND subkey IS NULL`,
			`UPDATE entity_attrs SET string_value = '10.0.0.1' WHERE "key" = 'ip' AND subkey = 'ipstring'`,
		},
		want: []string{
			`error resources: 10.0.0.1 is had more than once: by web1 as ip#0, web2 as ip#1 => person`,
		},
	},
	{
		name: "number twice",
		damage: []string{
			`<web2> simplenum 4 - = int 0`,
			`<web2> simplenum 4 manager = relation <vlans>`,
			`UPDATE counters SET value = 5 WHERE attr_key = 'simplenum'`,
		},
		want: []string{
			`error resources: 0 is had more than once: by web1 as simplenum#0, web2 as simplenum#4 => person`,
		},
	},
	{
		name: "counter behind",
		damage: []string{
			`<pool> _contains 9 - = relation <web3>`,
		},
		want: []string{
			`warning counters: the counter _contains of pool is at 1, and numbers up to 9 are in use => moves it to 9`,
		},
	},
	{
		name: "counter of resources behind",
		damage: []string{
			`UPDATE counters SET value = 1 WHERE entity_id = <clustometa> AND attr_key = 'ip'`,
		},
		want: []string{
			`warning counters: the counter ip of clustometa is at 1, and numbers up to 1 are in use => moves it to 2`,
		},
	},
	{
		name: "counter of resources missing",
		damage: []string{
			`DELETE FROM counters WHERE entity_id = <clustometa>`,
		},
		want: []string{
			`warning counters: the counter ip of clustometa is at 0, and numbers up to 1 are in use => moves it to 2`,
			`warning counters: the counter simplenum of clustometa is at 0, and numbers up to 0 are in use => moves it to 1`,
		},
	},
	{
		name: "doubled counter",
		damage: []string{
			`INSERT INTO counters (entity_id, attr_key, value) VALUES (<pool>, '_contains', 0)`,
		},
		want: []string{
			`warning counters: the counter _contains of pool is there 2 times => keeps the highest, 1`,
		},
	},
	{
		name: "hint outside",
		damage: []string{
			`INSERT INTO clusto_free_range (manager_id, first, last) VALUES (<net>, x'00000000000000000000ffff0b000001', x'00000000000000000000ffff0b000009')`,
		},
		want: []string{
			`warning hints: 1 free-range hint of net cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
		},
	},
	{
		name: "hint of no manager",
		damage: []string{
			`INSERT INTO clusto_free_range (manager_id, first, last) VALUES (<web1>, x'00000000000000000000ffff0a000001', x'00000000000000000000ffff0a000009')`,
		},
		want: []string{
			`warning hints: 1 free-range hint of web1 cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
		},
	},
	{
		name: "hint that is none",
		damage: []string{
			`INSERT INTO clusto_free_range (manager_id, first, last) VALUES (<net>, x'00', x'01')`,
		},
		want: []string{
			`warning hints: 1 free-range hint of net cannot be true: not a range of its network => drops all hints of it; the next allocation finds what is free`,
		},
	},
	{
		name: "names and keys of old",
		damage: []string{
			`UPDATE entities SET name = 'a/b' WHERE name = 'web3'`,
			`<web1> my.key - - = string x`,
			`<web2> my.key - - = string x`,
			`<web2> k - s.s = string x`,
		},
		want: []string{
			`info names: a new entity could not be called so: name "a/b" contains a / => person`,
			`info names: 2 attributes, the first of web1, could not be written today: key "my.key": want letters, digits, _ and -, beginning with a letter or _ => person`,
			`info names: 1 attribute, the first of web2, could not be written today: subkey "s.s": want letters, digits, _ and -, beginning with a letter or _ => person`,
		},
	},
	{
		name: "unknown driver and type",
		damage: []string{
			`UPDATE entities SET driver = 'toaster' WHERE name IN ('web3', 'solo')`,
			`UPDATE entities SET type = 'box' WHERE name = 'sw'`,
		},
		want: []string{
			`info drivers: 2 entities with the driver toaster, which is not known: web3, solo => person`,
			`info drivers: 1 entity with the driver basicnetworkswitch and the type box, where the driver has the type networkswitch: sw => person`,
		},
	},
}
