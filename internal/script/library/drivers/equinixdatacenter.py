"""The driver that the documentation builds step by step."""

from smtplib import SMTP

from basicdatacenter import BasicDatacenter


class EquinixDatacenter(BasicDatacenter):
    '''
    Equinix datacenter driver
    '''

    _driver_name = 'equinixdatacenter'

    def remote_hands(self, message, priority='low', mail_server='mail.example.com', mail_from='clusto@example.com', mail_to='remotehands@datacenter.net'):
        '''Ask the people on site for something, by mail.'''
        msg = 'From: %s\r\nTo: %s\r\nSubject: Remote hands request: %s priority\r\n\r\n%s' % (mail_from, mail_to, priority, message)
        server = SMTP(mail_server)
        server.sendmail(mail_from, mail_to, msg)
        server.quit()
