import type { Sentences } from "../told";

/** What the program says, by its English sentence. */
export const program: Sentences = {
  // What a person asked for and cannot have.
  "This call is no longer there.": "Diesen Aufruf gibt es nicht mehr.",
  "The endpoint of this call has been removed, so nothing would take it.":
    "Der Endpunkt dieses Aufrufs wurde entfernt, daher nähme ihn nichts an.",
  "The desktop did not take the notification": "Der Desktop hat die Benachrichtigung nicht angenommen",
  "Bellhop opens web pages, mails and phone calls only.": "Bellhop öffnet nur Webseiten, E-Mails und Anrufe.",
  "This endpoint is no longer there.": "Diesen Endpunkt gibt es nicht mehr.",
  "The secret is empty. Copy it from the provider's webhook settings.":
    "Der Geheimschlüssel ist leer. Kopieren Sie ihn aus den Webhook-Einstellungen des Buchungssystems.",
  "There is no public address at the moment.": "Zurzeit gibt es keine öffentliche Adresse.",
  "There is no public address to call.": "Es gibt keine öffentliche Adresse, die sich aufrufen ließe.",
  "This booking is no longer there.": "Diese Buchung gibt es nicht mehr.",
  'There is no endpoint {0}. List them with "bellhop endpoint list".': "Den Endpunkt {0} gibt es nicht.",
  "Endpoint {endpoint} has no live secret {secret}.":
    "Der Endpunkt {endpoint} hat keinen gültigen Geheimschlüssel {secret}.",
  "{0} does not sign its calls, so a secret would prove nothing. Add the endpoint without one: its unguessable address is what is trusted.":
    "{0} signiert seine Aufrufe nicht, ein Geheimschlüssel würde also nichts beweisen. Fügen Sie den Endpunkt ohne ihn hinzu: Vertraut wird seiner nicht zu erratenden Adresse.",
  "The operating system gave no random numbers for the address: {0}.":
    "Das Betriebssystem hat keine Zufallszahlen für die Adresse geliefert: {0}.",

  "Choose at most five times before a booking.": "Wählen Sie höchstens fünf Zeiten vor einer Buchung.",
  "Two weeks before a booking is the earliest.": "Frühestens zwei Wochen vor einer Buchung.",
  "Choose an endpoint, or a part of the title.": "Wählen Sie einen Endpunkt oder einen Teil des Titels.",
  "Fifty rules are the most.": "Mehr als fünfzig Regeln gehen nicht.",
  "Choose an hour of the day.": "Wählen Sie eine Stunde des Tages.",
  "Repeat a reminder after 1 to 60 minutes.": "Wiederholen Sie eine Erinnerung nach 1 bis 60 Minuten.",
  "Write times of day as 22:00.": "Schreiben Sie Tageszeiten wie 22:00.",
  "Write something first.": "Schreiben Sie zuerst etwas.",
  "This is the demo.": "Das ist die Demo.",
  "The demo is open already, in a window of its own.": "Die Demo ist schon offen, in einem eigenen Fenster.",
  "The demo does not start by itself.": "Die Demo startet nicht von selbst.",
  "The demo throws its data away. Restore in Bellhop itself.":
    "Die Demo wirft ihre Daten weg. Spielen Sie die Sicherung in Bellhop selbst ein.",
  "Choose a backup first.": "Wählen Sie zuerst eine Sicherung.",
  "Give a name, an e-mail address or a phone number.":
    "Geben Sie einen Namen, eine E-Mail-Adresse oder eine Telefonnummer an.",

  // Settings.
  "The server address is not one: {0}.": "Das ist keine Serveradresse: {0}.",
  "The proxy is not one: {0}.": "Das ist kein Proxy: {0}.",
  "write the server as host:port, for example connect.ngrok-agent.com:443":
    "schreiben Sie den Server als Host:Port, zum Beispiel connect.ngrok-agent.com:443",
  "write the proxy as http://host:port or socks5://host:port":
    "schreiben Sie den Proxy als http://Host:Port oder socks5://Host:Port",
  "A proxy's password is not kept in the settings. Leave the proxy empty here, and start Bellhop with BELLHOP_NGROK_PROXY set to the whole address.":
    "Das Passwort eines Proxys wird nicht in den Einstellungen aufbewahrt. Lassen Sie den Proxy hier leer und starten Sie Bellhop mit der ganzen Adresse in BELLHOP_NGROK_PROXY.",
  "Your own address has to be https and a host alone, such as https://my.host.":
    "Ihre eigene Adresse muss mit https beginnen und nur aus einem Host bestehen, etwa https://my.host.",
  'ngrok needs your authtoken. Copy it from dashboard.ngrok.com/get-started/your-authtoken and paste it in the settings, keep it with "bellhop token set --stdin", or set NGROK_AUTHTOKEN.':
    "ngrok braucht Ihren Authtoken. Kopieren Sie ihn von dashboard.ngrok.com/get-started/your-authtoken und fügen Sie ihn in den Einstellungen ein, oder setzen Sie NGROK_AUTHTOKEN.",
  "The keychain did not give ngrok's authtoken: {0}. Unlock it, or paste the authtoken in the settings.":
    "Der Schlüsselbund hat den Authtoken von ngrok nicht herausgegeben: {0}. Entsperren Sie ihn, oder fügen Sie den Authtoken in den Einstellungen ein.",
  "Calls cannot be taken at {address}: {cause}. Choose another with --listen, or 127.0.0.1:0 for any free port.":
    "An {address} können keine Aufrufe angenommen werden: {cause}. Wählen Sie mit --listen eine andere Adresse oder mit 127.0.0.1:0 einen freien Port.",

  // Secrets.
  "The keychain did not give the secret: {0}. Unlock it, then try again.":
    "Der Schlüsselbund hat den Geheimschlüssel nicht herausgegeben: {0}. Entsperren Sie ihn und versuchen Sie es erneut.",
  "it is switched off": "er ist ausgeschaltet",
  "asking it failed": "er ließ sich nicht fragen",
  "it did not answer in time": "er hat nicht rechtzeitig geantwortet",
  "it has no such entry": "er hat keinen solchen Eintrag",
  'The secret of this endpoint is no longer on this computer. Copy it from the provider\'s webhook settings and add it again. Until then its calls are answered "not now".':
    "Der Geheimschlüssel dieses Endpunkts ist nicht mehr auf diesem Computer. Kopieren Sie ihn aus den Webhook-Einstellungen des Buchungssystems und fügen Sie ihn erneut hinzu. Bis dahin werden seine Aufrufe auf später vertröstet.",
  "The file of secrets, {path}, cannot be used: {cause}.":
    "Die Datei mit den Geheimschlüsseln, {path}, ist nicht verwendbar: {cause}.",

  // The data.
  "The data in {0} was written by a newer version of Bellhop. Install that version, or choose another data directory. Nothing was changed.":
    "Die Daten in {0} stammen von einer neueren Version von Bellhop. Installieren Sie diese oder wählen Sie ein anderes Datenverzeichnis. Nichts wurde geändert.",
  "The data in {path} cannot be opened: {cause}.": "Die Daten in {path} lassen sich nicht öffnen: {cause}.",
  "Too many calls are waiting to be stored.": "Zu viele Aufrufe warten darauf, gespeichert zu werden.",
  "The store is closed.": "Der Speicher ist geschlossen.",
  "The endpoint was changed at this moment. Send the call again.":
    "Der Endpunkt wurde in diesem Moment geändert. Senden Sie den Aufruf erneut.",
  "The work in the database failed in a way that nobody foresaw.":
    "Die Arbeit in der Datenbank ist auf eine Weise gescheitert, die niemand vorhergesehen hat.",
  "The disk is full. Make room: Bellhop goes on by itself.":
    "Der Datenträger ist voll. Schaffen Sie Platz: Bellhop macht von selbst weiter.",
  'The database is damaged. Run "bellhop doctor"; if it says so too, quit Bellhop and put a backup back with "bellhop restore FILE".':
    "Die Datenbank ist beschädigt. Führen Sie „bellhop doctor“ aus; bestätigt es das, beenden Sie Bellhop und spielen Sie mit „bellhop restore DATEI“ eine Sicherung ein.",
  "Another program keeps the database locked. Close it: Bellhop goes on by itself.":
    "Ein anderes Programm hält die Datenbank gesperrt. Schließen Sie es: Bellhop macht von selbst weiter.",
  "Nothing can be written in the data directory. Make it writable: Bellhop goes on by itself.":
    "Im Datenverzeichnis lässt sich nichts schreiben. Machen Sie es beschreibbar: Bellhop macht von selbst weiter.",
  "The database refused: {0}.": "Die Datenbank hat abgelehnt: {0}.",
  "The database holds a value that cannot be read, in {0}.":
    "Die Datenbank enthält in {0} einen Wert, der nicht lesbar ist.",
  "{0} exists already. Choose another name, or move it away first. Nothing was written.":
    "{0} gibt es schon. Wählen Sie einen anderen Namen oder verschieben Sie die Datei zuerst. Nichts wurde geschrieben.",
  "The backup cannot be written to {path}: {cause}.":
    "Die Sicherung lässt sich nicht nach {path} schreiben: {cause}.",
  "there is no such directory": "dieses Verzeichnis gibt es nicht",
  "the disk is full": "der Datenträger ist voll",
  "rows are missing in the copy": "in der Kopie fehlen Zeilen",
  'There is no backup, because the database cannot be read whole: {0}. Run "bellhop doctor".':
    "Es gibt keine Sicherung, weil die Datenbank nicht vollständig lesbar ist: {0}. Führen Sie „bellhop doctor“ aus.",
  "The backup was broken off. Nothing remains of it.":
    "Die Sicherung wurde abgebrochen. Es ist nichts davon geblieben.",
  "Bellhop takes calls on {data_dir} (process {pid}). Quit it, restore, then start it again. Nothing was changed.":
    "Bellhop nimmt für {data_dir} gerade Aufrufe an (Prozess {pid}). Beenden Sie es, spielen Sie die Sicherung ein und starten Sie es wieder. Nichts wurde geändert.",
  "Another program has the data in {0} open. Close it, then try again. Nothing was changed.":
    "Ein anderes Programm hat die Daten in {0} geöffnet. Schließen Sie es und versuchen Sie es erneut. Nichts wurde geändert.",
  "{file} cannot be read: {cause}. Nothing was changed.":
    "{file} ist nicht lesbar: {cause}. Nichts wurde geändert.",
  '{0} is no backup of Bellhop. Choose a file that "bellhop backup" made. Nothing was changed.':
    "{0} ist keine Sicherung von Bellhop. Wählen Sie eine Datei, die als Sicherung gespeichert wurde. Nichts wurde geändert.",
  "{0} was written by a newer version of Bellhop. Install that version, then restore. Nothing was changed.":
    "{0} stammt von einer neueren Version von Bellhop. Installieren Sie diese und spielen Sie die Sicherung dann ein. Nichts wurde geändert.",
  "{file} is damaged ({flaw}). Choose another backup. Nothing was changed.":
    "{file} ist beschädigt ({flaw}). Wählen Sie eine andere Sicherung. Nichts wurde geändert.",
  "{0} is the data themselves, not a backup of them. Nothing was changed.":
    "{0} sind die Daten selbst, keine Sicherung davon. Nichts wurde geändert.",
  "The backup cannot be put into {data_dir}: {cause}. The data are as they were.":
    "Die Sicherung lässt sich nicht nach {data_dir} einspielen: {cause}. Die Daten sind, wie sie waren.",

  // Calls that were turned away.
  "This endpoint has no signing secret, so nothing that {provider} sends can be checked. Copy the secret from {provider}'s webhook settings and add it to the endpoint.":
    "Dieser Endpunkt hat keinen Geheimschlüssel, daher lässt sich nichts prüfen, was {provider} sendet. Kopieren Sie den Geheimschlüssel aus den Webhook-Einstellungen von {provider} und fügen Sie ihn dem Endpunkt hinzu.",
  "The call carries no {header} header. {provider} always sends one, so this call came from somebody else, or from another kind of webhook.":
    "Der Aufruf trägt keine Kopfzeile {header}. {provider} sendet sie immer, also kam dieser Aufruf von jemand anderem oder von einer anderen Art Webhook.",
  "The {header} header is not a signature in the form that {provider} documents.":
    "Die Kopfzeile {header} ist keine Signatur in der Form, die {provider} dokumentiert.",
  "The signature does not fit the secret of this endpoint. If the call is genuine, the secret is not the one that {provider} uses: copy it again from {provider}'s webhook settings.":
    "Die Signatur passt nicht zum Geheimschlüssel dieses Endpunkts. Ist der Aufruf echt, dann verwendet {provider} einen anderen: Kopieren Sie ihn erneut aus den Webhook-Einstellungen von {provider}.",
  "The call carries the secret token in no known form. Looked for, in every header and every query value: the token itself, the token after Bearer, and the HMAC-SHA256 of the body (hex or base64, with or without sha256=). If {provider} sends none of these, retire the secret: the endpoint then relies on its unguessable address alone.":
    "Der Aufruf trägt das geheime Token in keiner bekannten Form. Gesucht wurden in jeder Kopfzeile und jedem Abfragewert: das Token selbst, das Token nach Bearer und der HMAC-SHA256 des Inhalts (hex oder base64, mit oder ohne sha256=). Sendet {provider} nichts davon, ziehen Sie den Geheimschlüssel zurück: Der Endpunkt verlässt sich dann allein auf seine nicht zu erratende Adresse.",
  "The first genuine call carried a {form}; this one does not. If {provider} has changed how it sends the token, add the secret again: the form is then learnt anew. To rely on the unguessable address alone, retire the secret.":
    "Der erste echte Aufruf trug: {form}; dieser nicht. Hat {provider} geändert, wie es das Token sendet, fügen Sie den Geheimschlüssel erneut hinzu: Die Form wird dann neu gelernt. Um sich allein auf die nicht zu erratende Adresse zu verlassen, ziehen Sie den Geheimschlüssel zurück.",
  "signature over the raw body": "Signatur über den Inhalt, wie er kam",
  "signature over timestamp and body": "Signatur über Zeitstempel und Inhalt",
  "signature over the body as JavaScript writes it": "Signatur über den Inhalt, wie JavaScript ihn schreibt",
  "secret token in {place}": "geheimes Token in {place}",
  "signature over the raw body in {place}": "Signatur über den Inhalt, wie er kam, in {place}",
  "the header {name}": "der Kopfzeile {name}",
  "the query value {name}": "dem Abfragewert {name}",
  "Only POST calls carry bookings. Set the provider's webhook to POST.":
    "Nur POST-Aufrufe bringen Buchungen. Stellen Sie den Webhook des Buchungssystems auf POST.",
  "The call is larger than 1 MiB. No booking is, so it was not taken.":
    "Der Aufruf ist größer als 1 MiB. Das ist keine Buchung, daher wurde er nicht angenommen.",
  "The call broke off before its end. A provider sends it again.":
    "Der Aufruf brach vor seinem Ende ab. Ein Buchungssystem sendet ihn erneut.",
  "The call did not arrive whole within 10 seconds. A provider sends it again.":
    "Der Aufruf kam nicht binnen 10 Sekunden vollständig an. Ein Buchungssystem sendet ihn erneut.",
  "Many calls of more than 64 KiB came at once, so this one was not taken. A provider sends it again.":
    "Viele Aufrufe von mehr als 64 KiB kamen auf einmal, daher wurde dieser nicht angenommen. Ein Buchungssystem sendet ihn erneut.",
  "This endpoint has been removed. Take its address out of the provider's settings, or add an endpoint and paste the new address.":
    "Dieser Endpunkt wurde entfernt. Nehmen Sie seine Adresse aus den Einstellungen des Buchungssystems, oder fügen Sie einen Endpunkt hinzu und tragen Sie die neue Adresse ein.",
  "No endpoint has this address. If a provider sent the call, copy the address again from its endpoint.":
    "Kein Endpunkt hat diese Adresse. Kam der Aufruf von einem Buchungssystem, kopieren Sie die Adresse erneut von seinem Endpunkt.",
  "More genuine calls come than can be taken: more than 100 a second for this endpoint, or 1,000 for all. The provider was told to send the rest again later, and it does. If it goes on, look in the provider's settings for what sends so much.":
    "Es kommen mehr echte Aufrufe, als angenommen werden können: mehr als 100 in der Sekunde für diesen Endpunkt oder 1.000 für alle. Das Buchungssystem soll den Rest später erneut senden und tut es. Hält es an, sehen Sie in dessen Einstellungen nach, was so viel sendet.",
  "So many calls to this endpoint are turned away that no longer each one is listed. Genuine ones are still taken. If the ones before this are not genuine, somebody knows the address: add another endpoint, give its address to the provider, and remove this one.":
    "So viele Aufrufe an diesen Endpunkt werden abgewiesen, dass nicht mehr jeder aufgeführt wird. Echte werden weiterhin angenommen. Sind die vorigen nicht echt, kennt jemand die Adresse: Fügen Sie einen anderen Endpunkt hinzu, geben Sie dessen Adresse dem Buchungssystem und entfernen Sie diesen.",
  "So many calls come to addresses that do not exist that no longer each one is listed. Somebody is guessing; genuine calls are still taken, and there is nothing to do.":
    "So viele Aufrufe kommen an Adressen, die es nicht gibt, dass nicht mehr jeder aufgeführt wird. Jemand rät; echte Aufrufe werden weiterhin angenommen, und es ist nichts zu tun.",

  // What could not be used of a call.
  "The call has no content.": "Der Aufruf hat keinen Inhalt.",
  "The content is not JSON that can be read (line {}, column {}).":
    "Der Inhalt ist kein lesbares JSON (Zeile {0}, Spalte {1}).",
  "{why} It is kept as it came.": "{why} Er wird aufbewahrt, wie er kam.",
  "What is at {pointer} is too long, so only its beginning is used.":
    "Was bei {pointer} steht, ist zu lang; nur der Anfang wird verwendet.",
  "an id: it is too long": "eine Kennung, die nicht zu lang ist",
  "a text": "ein Text",
  "a moment in time": "ein Zeitpunkt",
  "a date": "ein Datum",
  "a whole number": "eine ganze Zahl",
  " or ": " oder ",
  "The time at {} has no time zone, so only its date is used.":
    "Die Zeit bei {0} hat keine Zeitzone, daher wird nur das Datum verwendet.",
  "The booking ends before it begins; its end is left out.":
    "Die Buchung endet, bevor sie beginnt; ihr Ende ist weggelassen.",
  "The booking has a status that Bellhop does not know.":
    "Die Buchung hat einen Status, den Bellhop nicht kennt.",
  "The call does not say what happened (nothing at {place}).":
    "Der Aufruf sagt nicht, was geschehen ist (nichts bei {place}).",
  "The call does not say which booking it is about, so it cannot be joined with the booking's other events.":
    "Der Aufruf sagt nicht, um welche Buchung es geht, daher lässt er sich ihr nicht zuordnen.",
  "What is at {pointer} is not {wanted}.": "Erwartet bei {pointer}: {wanted}; dort steht etwas anderes.",
  "The call tells of bookings and lists none (nothing at /bookings).":
    "Der Aufruf handelt von Buchungen und nennt keine (nichts bei /bookings).",
  "The call lists {count} bookings; the first {MOST_BOOKINGS} are read. It is kept as it came.":
    "Der Aufruf nennt {count} Buchungen; die ersten {MOST_BOOKINGS} werden gelesen. Er wird aufbewahrt, wie er kam.",
  "Bellhop failed to read this call. It is kept as it came.":
    "Bellhop ist am Lesen dieses Aufrufs gescheitert. Er wird aufbewahrt, wie er kam.",

  // Gaps.
  "Bellhop was not running.": "Bellhop lief nicht.",
  "Bellhop ended unexpectedly, by a crash or a power cut. It began within the minute after the time shown.":
    "Bellhop wurde unerwartet beendet, durch einen Absturz oder Stromausfall. Die Lücke begann in der Minute nach der gezeigten Zeit.",
  "The computer was asleep.": "Der Computer war im Ruhezustand.",
  "The public address did not lead to Bellhop.": "Die öffentliche Adresse führte nicht zu Bellhop.",
  "Calls could not be stored.": "Aufrufe ließen sich nicht speichern.",
  " The clock was set back meanwhile, so the times may be wrong.":
    " Die Uhr wurde inzwischen zurückgestellt, daher können die Zeiten falsch sein.",
  "Once Bellhop can be reached again: {look}": "Sobald Bellhop wieder erreichbar ist: {look}",
  "{name} has given up what it sent {}.": "{name} hat aufgegeben, was es {0} gesendet hat.",
  "{name} keeps trying. It gives up the first calls of this time at {until}.":
    "{name} versucht es weiter. Die ersten Aufrufe dieser Zeit gibt es auf: {until}.",
  "Nothing is lost if Bellhop can be reached again before then.":
    "Nichts geht verloren, wenn Bellhop vorher wieder erreichbar ist.",
  "{name} still sends again what failed in this time, until {until}.":
    "{name} sendet noch bis {until} erneut, was in dieser Zeit gescheitert ist.",
  "Nothing needs to be done while Bellhop can be reached.":
    "Solange Bellhop erreichbar ist, ist nichts zu tun.",
  "It still sends again what came later, until {}.": "Was später kam, sendet es noch bis {0} erneut.",
  "It still tries what came later.": "Was später kam, versucht es noch.",
  "For the first calls of this time that may be over.":
    "Für die ersten Aufrufe dieser Zeit kann das vorbei sein.",
  "For the calls of this time that is probably over.":
    "Für die Aufrufe dieser Zeit ist das wahrscheinlich vorbei.",
  "{name} has sent again since what failed in this time.":
    "{name} hat inzwischen erneut gesendet, was in dieser Zeit gescheitert ist.",
  "Nothing needs to be done.": "Es ist nichts zu tun.",
  "from {} on": "ab {0}",
  "between {} and {} on {day}": "zwischen {0} und {1} am {day}",
  "between {} and {}": "zwischen {0} und {1}",
  "{time} on {}": "{time} am {0}",

  // Booking systems.
  "Copy the webhook secret and paste it here.":
    "Kopieren Sie den Geheimschlüssel („webhook secret“) und fügen Sie ihn hier ein.",
  "Open Bookora and go to Developer Settings.": "Öffnen Sie Bookora und gehen Sie zu Developer Settings.",
  "Register a webhook endpoint and paste the address as its URL.":
    "Registrieren Sie einen Webhook-Endpunkt und fügen Sie die Adresse als URL ein.",
  "Subscribe to booking.created, booking.rescheduled, booking.cancelled and no_show.detected.":
    "Abonnieren Sie booking.created, booking.rescheduled, booking.cancelled und no_show.detected.",
  "Bookora sends a failed call again up to three times and then gives up. It sends no e-mail address or phone number.":
    "Bookora sendet einen gescheiterten Aufruf bis zu dreimal erneut und gibt dann auf. Es sendet weder E-Mail-Adresse noch Telefonnummer.",
  "Bookora sends a failed call again up to three times and does not publish when.":
    "Bookora sendet einen gescheiterten Aufruf bis zu dreimal erneut und veröffentlicht nicht, wann.",
  "Open Bookora's calendar and compare the bookings that were made, moved or cancelled":
    "Öffnen Sie den Kalender von Bookora und vergleichen Sie alle Buchungen, Verlegungen und Absagen",
  "Open Kordless and go to Calendar → Settings → Webhooks.":
    "Öffnen Sie Kordless und gehen Sie zu Calendar → Settings → Webhooks.",
  "Add a webhook and paste the address into its URL field.":
    "Fügen Sie einen Webhook hinzu und tragen Sie die Adresse in das Feld URL ein.",
  "Choose the events booking.created, booking.updated and booking.cancelled.":
    "Wählen Sie die Ereignisse booking.created, booking.updated und booking.cancelled.",
  "Save, copy the webhook secret and paste it here.":
    "Speichern Sie, kopieren Sie den Geheimschlüssel („webhook secret“) und fügen Sie ihn hier ein.",
  "Kordless sends the id of a service, not its name.":
    "Kordless sendet die Kennung einer Dienstleistung, nicht ihren Namen.",
  "Kordless sends failed calls again and does not publish when, or for how long.":
    "Kordless sendet gescheiterte Aufrufe erneut und veröffentlicht nicht, wann und wie lange.",
  "Compare Kordless's calendar with the timeline, for bookings that were made, moved or cancelled":
    "Vergleichen Sie im Kalender von Kordless und im Verlauf alle Buchungen, Verlegungen und Absagen",
  "Log in to Orufy Bookings, open Settings and select Webhooks.":
    "Melden Sie sich bei Orufy Bookings an, öffnen Sie Settings und wählen Sie Webhooks.",
  "Click Create Webhook and paste the address as the Subscriber URL.":
    "Klicken Sie auf Create Webhook und fügen Sie die Adresse als Subscriber URL ein.",
  "Under Select Event Triggers choose Meeting Booked, Meeting Canceled and Meeting Rescheduled.":
    "Wählen Sie unter Select Event Triggers Meeting Booked, Meeting Canceled und Meeting Rescheduled.",
  "Select the event type.": "Wählen Sie den Event Type.",
  "If you set a secret here, enter the same text as the Secret Token, then save.":
    "Wenn Sie hier einen Geheimschlüssel festlegen, tragen Sie denselben Text als Secret Token ein und speichern Sie.",
  "Orufy does not publish how its Secret Token travels. Bellhop learns it from the first genuine call; without a secret, the unguessable address alone is trusted.":
    "Orufy veröffentlicht nicht, wie sein Secret Token gesendet wird. Bellhop lernt es vom ersten echten Aufruf; ohne Geheimschlüssel wird allein der nicht zu erratenden Adresse vertraut.",
  "Orufy Bookings does not publish whether it sends a failed call again.":
    "Orufy Bookings veröffentlicht nicht, ob es einen gescheiterten Aufruf erneut sendet.",
  "Look for Orufy's alert e-mail, and compare its calendar with the timeline, for meetings that were booked, moved or cancelled":
    "Suchen Sie die Warn-E-Mail von Orufy und vergleichen Sie in dessen Kalender und im Verlauf alle Buchungen, Verlegungen und Absagen",
  "Log in to the ReserveKit Dashboard and open the Webhooks page.":
    "Melden Sie sich im ReserveKit Dashboard an und öffnen Sie die Seite Webhooks.",
  "Click Create a Webhook and choose the service.":
    "Klicken Sie auf Create a Webhook und wählen Sie die Dienstleistung.",
  "Paste the address as the webhook URL.": "Fügen Sie die Adresse als Webhook-URL ein.",
  "Select bookings.create, bookings.update and bookings.delete, then save.":
    "Wählen Sie bookings.create, bookings.update und bookings.delete und speichern Sie.",
  "Repeat this for every service: a ReserveKit webhook belongs to one.":
    "Wiederholen Sie das für jede Dienstleistung: Ein Webhook von ReserveKit gehört zu einer.",
  "ReserveKit does not sign its calls: they are trusted because nobody else knows this address. It sends a date without a time of day.":
    "ReserveKit signiert seine Aufrufe nicht: Ihnen wird vertraut, weil sonst niemand diese Adresse kennt. Es sendet ein Datum ohne Uhrzeit.",
  "ReserveKit says that a call may come again and does not publish when, or for how long.":
    "ReserveKit sagt, dass ein Aufruf erneut kommen kann, und veröffentlicht nicht, wann und wie lange.",
  "Look through the webhook's delivery logs in ReserveKit's Developer Portal for calls that failed":
    "Sehen Sie im Developer Portal von ReserveKit in den Delivery Logs des Webhooks nach gescheiterten Aufrufen",
  "Open the WebKasa dashboard and go to Webhooks.":
    "Öffnen Sie das WebKasa Dashboard und gehen Sie zu Webhooks.",
  "Add an endpoint and paste the address.": "Fügen Sie einen Endpunkt hinzu und tragen Sie die Adresse ein.",
  "Choose all booking events.": "Wählen Sie alle Buchungsereignisse.",
  "WebKasa has no event for a move: Bellhop sees one when a later call brings another time. It retries for 26 hours.":
    "WebKasa hat kein Ereignis für eine Verlegung: Bellhop erkennt sie, wenn ein späterer Aufruf eine andere Zeit bringt. Es versucht es 26 Stunden lang erneut.",
  "WebKasa sends a failed call again after 1 minute, 5 minutes, 30 minutes, 2 hours and 24 hours.":
    "WebKasa sendet einen gescheiterten Aufruf nach 1 Minute, 5 Minuten, 30 Minuten, 2 Stunden und 24 Stunden erneut.",
  "Open Webhooks in the WebKasa dashboard and retry the calls that failed":
    "Öffnen Sie Webhooks im WebKasa Dashboard und wiederholen Sie die gescheiterten Aufrufe",

  // The test of the whole way.
  "{cause} Check that this computer is online and the domain is right.":
    "{cause} Prüfen Sie, ob dieser Computer online ist und die Domain stimmt.",
  "{cause} A firewall or a proxy may be in the way.":
    "{cause} Vielleicht ist eine Firewall oder ein Proxy im Weg.",
  "The signature could not be checked.": "Die Signatur ließ sich nicht prüfen.",
  "The call was not on the disk in time. Is the disk full, or another program using the data?":
    "Der Aufruf war nicht rechtzeitig gespeichert. Ist der Datenträger voll, oder benutzt ein anderes Programm die Daten?",
  "The call was kept and not read in time. Restart Bellhop; nothing is lost.":
    "Der Aufruf wurde gespeichert, aber nicht rechtzeitig gelesen. Starten Sie Bellhop neu; nichts ist verloren.",
  "This receiver shows no notifications.": "Dieser Empfänger zeigt keine Benachrichtigungen.",
  "The desktop did not take the notification. Check that a notification service runs and that Bellhop is allowed there.":
    "Der Desktop hat die Benachrichtigung nicht angenommen. Prüfen Sie, ob ein Benachrichtigungsdienst läuft und Bellhop dort erlaubt ist.",
  "ngrok says that the tunnel is offline. It comes back by itself; “Try now” in the settings hurries it.":
    "ngrok sagt, dass der Tunnel offline ist. Er kommt von selbst zurück; „Jetzt versuchen“ in den Einstellungen beschleunigt es.",
  "ngrok answered by itself ({code}) and passed nothing on. Its page about this code says why.":
    "ngrok hat selbst geantwortet ({code}) und nichts weitergegeben. Seine Seite zu diesem Code sagt, warum.",
  "This endpoint was removed while the test was under way, so its address leads nowhere.":
    "Dieser Endpunkt wurde während des Tests entfernt, daher führt seine Adresse nirgendwohin.",
  "The call came to Bellhop, which could not take it at that moment and answered {status}. Booking systems send such a call again. Test again; if it stays so, see whether the disk is full.":
    "Der Aufruf kam bei Bellhop an, das ihn in diesem Moment nicht annehmen konnte und mit {status} antwortete. Buchungssysteme senden einen solchen Aufruf erneut. Testen Sie noch einmal; bleibt es dabei, prüfen Sie, ob der Datenträger voll ist.",
  "The public address answered 404 without asking us. It leads to another program, or its rules let nothing through to /hooks/.":
    "Die öffentliche Adresse hat mit 404 geantwortet, ohne Bellhop zu fragen. Sie führt zu einem anderen Programm, oder ihre Regeln lassen nichts zu /hooks/ durch.",
  "The public address answered {status} without asking us. It leads to another program.":
    "Die öffentliche Adresse hat mit {status} geantwortet, ohne Bellhop zu fragen. Sie führt zu einem anderen Programm.",
  "{cause} The tunnel stands and passes nothing on; restart it in the settings.":
    "{cause} Der Tunnel steht und gibt nichts weiter; starten Sie ihn in den Einstellungen neu.",
  "The sample call could not be read. This is a fault of Bellhop.":
    "Der Probeaufruf ließ sich nicht lesen. Das ist ein Fehler von Bellhop.",

  // The tunnel.
  "The check broke off ({error}).": "Die Prüfung brach ab ({error}).",
  "The name of {whom} could not be looked up. Is this computer online?":
    "Der Name von {whom} ließ sich nicht auflösen. Ist dieser Computer online?",
  "{whom} could not be reached ({}).": "{whom} war nicht erreichbar ({0}).",
  "The proxy does not lead on to {whom}: {why}. Check its address and password.":
    "Der Proxy führt nicht weiter zu {whom}: {why}. Prüfen Sie seine Adresse und sein Passwort.",
  "{whom} did not answer in time.": "{whom} hat nicht rechtzeitig geantwortet.",
  "the name has no address": "der Name hat keine Adresse",
  "its password cannot be sent": "sein Passwort lässt sich nicht senden",
  "the proxy does not lead on: {why}": "der Proxy führt nicht weiter: {why}",
  "The certificate of {host} has expired, or this computer's clock is wrong.":
    "Das Zertifikat von {host} ist abgelaufen, oder die Uhr dieses Computers geht falsch.",
  "The certificate that was shown for {host} is made for another name.":
    "Das Zertifikat, das für {host} vorgezeigt wurde, gilt für einen anderen Namen.",
  "Nobody whom this computer trusts vouches for the certificate of {host}. If it is your own, or a company network or a virus scanner answers in its place, choose the root certificate of that in the settings. If a Wi-Fi wants you to sign in, do that first.":
    "Für das Zertifikat von {host} bürgt niemand, dem dieser Computer vertraut. Ist es Ihr eigenes, oder antwortet ein Firmennetz oder ein Virenscanner an seiner Stelle, wählen Sie in den Einstellungen dessen Stammzertifikat. Verlangt ein WLAN eine Anmeldung, melden Sie sich zuerst an.",
  "Something on the way to {whom} answers in its place (a company network, a virus scanner, a page to sign in to a Wi-Fi). Sign in, or choose the root certificates of this computer (“host”) in the settings.":
    "Etwas auf dem Weg zu {whom} antwortet an dessen Stelle (ein Firmennetz, ein Virenscanner, die Anmeldeseite eines WLANs). Melden Sie sich an, oder wählen Sie in den Einstellungen die Stammzertifikate dieses Computers („host“).",
  "No secure connection to {whom}: {error}.": "Keine sichere Verbindung zu {whom}: {error}.",
  "ngrok is restarting its end of the connection.": "ngrok startet sein Ende der Verbindung neu.",
  "ngrok closed the connection.": "ngrok hat die Verbindung geschlossen.",
  "The connection to ngrok broke off ({error}).": "Die Verbindung zu ngrok brach ab ({error}).",
  "Nothing has been heard from ngrok for {} seconds.": "Von ngrok war {0} Sekunden lang nichts zu hören.",
  "The session has locked up.": "Die Sitzung hängt.",
  "ngrok ended the session.": "ngrok hat die Sitzung beendet.",
  "The connection is being made anew.": "Die Verbindung wird neu aufgebaut.",
  "{url} is not an https address.": "{url} ist keine https-Adresse.",
  "{url} is not an address.": "{url} ist keine Adresse.",
  "The call to {host} broke off before it was answered.":
    "Der Aufruf an {host} brach ab, bevor er beantwortet wurde.",
  "The call to {host} was not answered in time.": "Der Aufruf an {host} wurde nicht rechtzeitig beantwortet.",
  "A call to {host} was not answered in time.": "Ein Aufruf an {host} wurde nicht rechtzeitig beantwortet.",
  "A call to {host} broke off before it was answered.":
    "Ein Aufruf an {host} brach ab, bevor er beantwortet wurde.",
  "Calls to {host} end somewhere else (status {}).": "Aufrufe an {host} enden woanders (Status {0}).",
  "ngrok says that {host} is offline, although our session stands.":
    "ngrok sagt, dass {host} offline ist, obwohl die Sitzung steht.",
  "ngrok answers calls to {host} with an error of its own ({code}).":
    "ngrok beantwortet Aufrufe an {host} mit einem eigenen Fehler ({code}).",
  "The file of root certificates cannot be used: {error}.":
    "Die Datei mit den Stammzertifikaten ist nicht verwendbar: {error}.",
  "The file of root certificates {roots} cannot be read: {error}.":
    "Die Datei mit den Stammzertifikaten {roots} ist nicht lesbar: {error}.",
  "the file holds no certificate": "die Datei enthält kein Zertifikat",
  "Paste the authtoken of an ngrok account first. It is free: dashboard.ngrok.com/get-started/your-authtoken.":
    "Fügen Sie zuerst den Authtoken eines ngrok-Kontos ein. Es ist kostenlos: dashboard.ngrok.com/get-started/your-authtoken.",
  "ngrok does not answer.": "ngrok antwortet nicht.",
  "ngrok did not answer in time.": "ngrok hat nicht rechtzeitig geantwortet.",
  "ngrok could not be reached ({error}). Is this computer online?":
    "ngrok war nicht erreichbar ({error}). Ist dieser Computer online?",
  "The connection to ngrok was lost.": "Die Verbindung zu ngrok ging verloren.",
  "Bellhop is updated on the computer that it runs on.":
    "Bellhop wird auf dem Computer aktualisiert, auf dem es läuft.",
  "The tunnel was stopped in the ngrok dashboard. Press “Try now” to start it again.":
    "Der Tunnel wurde im ngrok Dashboard angehalten. Drücken Sie „Jetzt versuchen“, um ihn wieder zu starten.",
  "This computer has slept.": "Dieser Computer war im Ruhezustand.",
  "This computer has moved to another network.": "Dieser Computer ist in ein anderes Netz gewechselt.",
  "A restart was asked for in the ngrok dashboard.": "Im ngrok Dashboard wurde ein Neustart verlangt.",

  // What ngrok refuses.
  "ngrok said: {}": "ngrok sagt: {0}",
  "The ngrok account is suspended because a payment failed. Put that right at dashboard.ngrok.com/billing, then try again.":
    "Das ngrok-Konto ist gesperrt, weil eine Zahlung gescheitert ist. Bringen Sie das unter dashboard.ngrok.com/billing in Ordnung und versuchen Sie es erneut.",
  "The ngrok account is suspended. Write to support@ngrok.com if that is a mistake.":
    "Das ngrok-Konto ist gesperrt. Schreiben Sie an support@ngrok.com, wenn das ein Irrtum ist.",
  "This is not an ngrok authtoken. Copy it from dashboard.ngrok.com/get-started/your-authtoken and paste it again; an API key is something else.":
    "Das ist kein Authtoken von ngrok. Kopieren Sie ihn von dashboard.ngrok.com/get-started/your-authtoken und fügen Sie ihn erneut ein; ein API-Schlüssel ist etwas anderes.",
  "ngrok does not know this authtoken any more: it was reset, revoked or belongs to an account that is gone. Copy the present one from dashboard.ngrok.com/get-started/your-authtoken.":
    "ngrok kennt diesen Authtoken nicht mehr: Er wurde zurückgesetzt, widerrufen oder gehört zu einem Konto, das es nicht mehr gibt. Kopieren Sie den aktuellen von dashboard.ngrok.com/get-started/your-authtoken.",
  "Another program is online with this ngrok account, and the plan allows no more at once. Stop it at dashboard.ngrok.com/agents, or wait: after a crash ngrok needs a little while to notice that the earlier one is gone.":
    "Ein anderes Programm ist mit diesem ngrok-Konto online, und der Tarif erlaubt nicht mehr zugleich. Beenden Sie es unter dashboard.ngrok.com/agents oder warten Sie: Nach einem Absturz braucht ngrok eine Weile, um zu merken, dass das frühere weg ist.",
  "ngrok does not accept this version any more. Update Bellhop.":
    "ngrok akzeptiert diese Version nicht mehr. Aktualisieren Sie Bellhop.",
  "Confirm the e-mail address of the ngrok account at dashboard.ngrok.com/user/settings, then try again.":
    "Bestätigen Sie die E-Mail-Adresse des ngrok-Kontos unter dashboard.ngrok.com/user/settings und versuchen Sie es erneut.",
  "The ngrok plan does not include this domain. Leave the domain empty to use the one that belongs to the account.":
    "Der ngrok-Tarif enthält diese Domain nicht. Lassen Sie die Domain leer, um die des Kontos zu verwenden.",
  "The ngrok plan does not include domains of one's own. Leave the domain empty to use the one that belongs to the account.":
    "Der ngrok-Tarif enthält keine eigenen Domains. Lassen Sie die Domain leer, um die des Kontos zu verwenden.",
  "This authtoken may not use this domain. Change its rules at dashboard.ngrok.com/authtokens, or choose another domain.":
    "Dieser Authtoken darf diese Domain nicht verwenden. Ändern Sie seine Regeln unter dashboard.ngrok.com/authtokens oder wählen Sie eine andere Domain.",
  "This domain is not reserved for the ngrok account. Reserve it at dashboard.ngrok.com/domains, or leave the domain empty.":
    "Diese Domain ist für das ngrok-Konto nicht reserviert. Reservieren Sie sie unter dashboard.ngrok.com/domains oder lassen Sie die Domain leer.",
  "This domain belongs to another ngrok account. Choose one of your own at dashboard.ngrok.com/domains, or use the authtoken of the account that owns it.":
    "Diese Domain gehört einem anderen ngrok-Konto. Wählen Sie unter dashboard.ngrok.com/domains eine eigene oder verwenden Sie den Authtoken des Kontos, dem sie gehört.",
  "The domain has a character that cannot be in a domain. Write only the host name, without https:// and without a path.":
    "Die Domain enthält ein Zeichen, das in einer Domain nicht vorkommt. Schreiben Sie nur den Hostnamen, ohne https:// und ohne Pfad.",
  "This address is already online from somewhere else: another copy of Bellhop, a Cloud Endpoint at dashboard.ngrok.com/endpoints, or our own earlier session that ngrok has not let go of yet. Stop the other one, or wait.":
    "Diese Adresse ist schon von woanders online: eine andere Kopie von Bellhop, ein Cloud Endpoint unter dashboard.ngrok.com/endpoints oder die eigene frühere Sitzung, die ngrok noch nicht losgelassen hat. Beenden Sie die andere oder warten Sie.",
  "The ngrok account has used up its bytes of this month. It can be extended at dashboard.ngrok.com/billing.":
    "Das ngrok-Konto hat seine Datenmenge für diesen Monat aufgebraucht. Sie lässt sich unter dashboard.ngrok.com/billing erweitern.",
  "The ngrok account has used up its connections of this month. It can be extended at dashboard.ngrok.com/billing.":
    "Das ngrok-Konto hat seine Verbindungen für diesen Monat aufgebraucht. Sie lassen sich unter dashboard.ngrok.com/billing erweitern.",
  "The ngrok account has used up its requests of this month. It can be extended at dashboard.ngrok.com/billing.":
    "Das ngrok-Konto hat seine Anfragen für diesen Monat aufgebraucht. Sie lassen sich unter dashboard.ngrok.com/billing erweitern.",
  "The ngrok account has used up its requests of this month.":
    "Das ngrok-Konto hat seine Anfragen für diesen Monat aufgebraucht.",
  "The ngrok account has used up its bytes of this month.":
    "Das ngrok-Konto hat seine Datenmenge für diesen Monat aufgebraucht.",
  "ngrok needs a free account. Sign up at dashboard.ngrok.com/signup, confirm the e-mail address, and paste the authtoken.":
    "ngrok braucht ein kostenloses Konto. Melden Sie sich unter dashboard.ngrok.com/signup an, bestätigen Sie die E-Mail-Adresse und fügen Sie den Authtoken ein.",
  "The ngrok plan wants a domain that is registered first. Do that at dashboard.ngrok.com/domains and write it into the settings.":
    "Der ngrok-Tarif verlangt eine zuvor registrierte Domain. Registrieren Sie sie unter dashboard.ngrok.com/domains und tragen Sie sie in den Einstellungen ein.",

  // Whether the desktop shows notifications.
  "No desktop session answers, so nothing is shown. Start Bellhop from the desktop, or install dbus-user-session and log in again.":
    "Es antwortet keine Desktop-Sitzung, daher wird nichts angezeigt. Starten Sie Bellhop vom Desktop aus, oder installieren Sie dbus-user-session und melden Sie sich neu an.",
  "This desktop has nothing that shows notifications. Install a notification daemon, such as dunst or mako, and let it start at login.":
    "Dieser Desktop hat nichts, was Benachrichtigungen anzeigt. Installieren Sie einen Benachrichtigungsdienst wie dunst oder mako, und lassen Sie ihn beim Anmelden starten.",
  "What shows notifications on this desktop does not answer: {cause}. Log out and in again.":
    "Was auf diesem Desktop Benachrichtigungen anzeigt, antwortet nicht: {cause}. Melden Sie sich ab und wieder an.",
  'The desktop is set to "do not disturb", so nothing appears on the screen. Switch it off in the desktop\'s own settings.':
    "Der Desktop steht auf „Nicht stören“, daher erscheint nichts auf dem Bildschirm. Schalten Sie das in den Einstellungen des Desktops aus.",
  "This desktop shows the titles of notifications alone. What and when is in Bellhop's window.":
    "Dieser Desktop zeigt nur die Titel von Benachrichtigungen. Was und wann steht im Fenster von Bellhop.",
  "On this desktop nothing happens at a click on a notification. Open Bellhop by its tray icon.":
    "Auf diesem Desktop geschieht beim Klick auf eine Benachrichtigung nichts. Öffnen Sie Bellhop über sein Symbol im Infobereich.",
};
