"""Rack factories: what applies a layout to a rack.

Most layouts are tables, files NAME.yaml in the directory racklayouts of the
library. Write a class only where a table is not enough:

    from rackfactory import RackFactory

    class MyRackFactory(RackFactory):
        LAYOUT_NAME = 'mine'      # what racks have in their attribute racklayout
        EXTENDS = '201001'        # the table for all that the class does not do

        def get_driver(self, switchport):
            ...

in a file in racklayouts, or in a rackfactory.py of your own.
"""

from rackfactory_tables import get_factory, table_factory


class RackFactory(object):
    '''Applies the table EXTENDS to a rack. Override what shall be different.'''

    LAYOUT_NAME = None
    EXTENDS = None

    def __init__(self, name, datacenter=None):
        import clusto
        self.rack = clusto.get_by_name(name)
        self.datacenter = datacenter

    def table(self):
        '''The factory of the table EXTENDS.'''
        if self.EXTENDS == None:
            raise NotImplementedError('%s names no table in EXTENDS, so it must do everything itself' % self.LAYOUT_NAME)
        return table_factory(self.rack, self.EXTENDS, self.LAYOUT_NAME)

    def connect_ports(self):
        '''Make the fixed devices, rack them, cable them, give them addresses.'''
        self.table().connect_ports()

    def add_server(self, server, switchport):
        '''Rack and cable a server that is plugged into a port of the switch.'''
        self.table().add_server(server, switchport)

    def get_driver(self, switchport):
        '''The driver for a server at a port of the switch.'''
        return self.table().get_driver(switchport)

    def get_nic(self, switch, switchport):
        '''The type and number of the server's port that a port of the switch leads to.'''
        if self.EXTENDS == None:
            return ('nic-eth', 1)
        return self.table().get_nic(switch, switchport)

    def preview(self):
        '''What connect_ports would do, as a list of lines.'''
        return self.table().preview()
