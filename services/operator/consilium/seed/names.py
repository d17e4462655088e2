"""Invented people's names, and where they could work, by country. No one here is real."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """A country's languages for work, given and family names, and towns."""

    code: str
    languages: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    towns: tuple[str, ...]
    hospital: str  # how a hospital is called there, with {} for the town


def _country(code: str, languages: str, given: str, family: str, towns: str, hospital: str) -> Country:
    return Country(
        code, tuple(languages.split()), tuple(given.split()), tuple(family.split()), tuple(towns.split(", ")), hospital
    )


COUNTRIES = (
    _country("DE", "de en", "Anna Jonas Lena Felix Katrin Matthias Greta Lukas Sabine Tobias",
             "Albrecht Brandt Eichner Falkenberg Hartwig Kessler Lindner Neuhaus Reinhardt Seidel Thalbach Wendt",
             "Leipzig, Freiburg, Kassel", "Klinikum {}"),
    _country("ES", "es en", "María Javier Lucía Pablo Carmen Diego Elena Álvaro Nuria Sergio",
             "Arribas Beltrán Cifuentes Escudero Galindo Herranz Llorente Montalbán Núñez Olmedo Quiroga Zamorano",
             "Valladolid, Murcia, Oviedo", "Hospital Universitario de {}"),
    _country("FR", "fr en", "Camille Julien Élodie Antoine Claire Mathieu Sophie Rémi Hélène Baptiste",
             "Aubertin Bellanger Chauvet Delorme Fontanel Guérin Lacombe Marchetti Perrault Roussel Tessier Vasseur",
             "Nantes, Grenoble, Dijon", "Centre hospitalier de {}"),
    _country("IT", "it en", "Giulia Matteo Chiara Lorenzo Francesca Davide Elisa Andrea Paola Riccardo",
             "Albertini Bonfanti Castellani Donati Ferraris Galvani Marchesi Pellegrini Rinaldi Santoro Tedeschi Vitali",
             "Padova, Bari, Perugia", "Ospedale civile di {}"),
    _country("NL", "nl en", "Sanne Daan Femke Bram Lotte Thijs Marieke Jeroen Anouk Ruben",
             "Bakhuis Dekker Hoekstra Kuipers Meijerink Oosterhof Postma Terpstra Veenstra Wolters Zandstra Brouwer",
             "Zwolle, Breda, Arnhem", "Ziekenhuis {}"),
    _country("BE", "fr nl", "Charlotte Maxime Elise Wouter Amélie Pieter Nathalie Bart Justine Koen",
             "Claessens Dewaele Goossens Lambrecht Maertens Renard Segers Vandamme Wauters Delvaux Collard Huysmans",
             "Namur, Brugge, Liège", "Clinique {}"),
    _country("AT", "de en", "Johanna Florian Magdalena Stefan Theresa Clemens Barbara Georg Veronika Paul",
             "Aigner Brandstätter Eibinger Gruber Haslinger Kofler Leitgeb Mayrhofer Obermoser Pichler Steinlechner Zeiler",
             "Graz, Linz, Innsbruck", "Landesklinikum {}"),
    _country("CH", "de fr en", "Nora Reto Seraina Beat Laurence Olivier Ursina Marco Corinne Yves",
             "Ammann Bühler Caflisch Dubach Favre Gerber Hürlimann Jeanneret Ritter Steiner Tanner Zbinden",
             "Bern, Lausanne, Chur", "Spital {}"),
    _country("GB", "en", "Eleanor Oliver Priya Thomas Hannah Callum Fiona Rhys Imogen Samuel",
             "Ashworth Bramley Carrington Dunmore Fairbairn Holloway Kingsley Langford Merriweather Penrose Tindall Whitlock",
             "Leeds, Cardiff, Dundee", "{} Royal Infirmary"),
    _country("IE", "en ga", "Aoife Cian Niamh Oisín Sinéad Darragh Róisín Eoin Orla Conor",
             "Brannigan Cassidy Delahunty Finnerty Hanrahan Kilbride Mulcahy Noonan Prendergast Quilligan Tierney Rafferty",
             "Galway, Cork, Sligo", "{} University Hospital"),
    _country("PT", "pt en", "Inês Tiago Mariana Rui Beatriz Gonçalo Sofia Nuno Catarina Duarte",
             "Alvarenga Bettencourt Carvalhal Figueira Junqueira Loureiro Meireles Noronha Pacheco Quintela Sequeira Valadares",
             "Coimbra, Braga, Évora", "Hospital de {}"),
    _country("PL", "pl en", "Agnieszka Tomasz Katarzyna Piotr Magdalena Michał Joanna Łukasz Ewa Jakub",
             "Bielawski Czarnota Dobrowolska Grabiec Jabłońska Kalinowski Maślanka Ostrowska Pawlik Sobolewski Wrona Zawadzka",
             "Łódź, Gdańsk, Lublin", "Szpital Kliniczny {}"),
    _country("CZ", "cs en", "Tereza Ondřej Lucie Vojtěch Markéta Jiří Klára Radek Veronika Štěpán",
             "Bartůněk Čermáková Doležal Fialová Havránek Jelínková Kubíček Malíková Rybář Šimůnek Tichá Zeman",
             "Brno, Plzeň, Olomouc", "Fakultní nemocnice {}"),
    _country("SE", "sv en", "Elsa Oskar Maja Gustav Linnea Erik Astrid Nils Ebba Viktor",
             "Bergström Dahlgren Ekholm Forslund Hedlund Järvinen Lindqvist Nyberg Palmgren Rosén Sandström Åkerlund",
             "Uppsala, Lund, Umeå", "{} universitetssjukhus"),
    _country("NO", "nb en", "Ingrid Sondre Marit Henrik Silje Eirik Astri Lars Tuva Magnus",
             "Bakken Dalseth Engebretsen Fossum Haugland Kvamme Lindstad Myhre Nordvik Rønning Solberg Tveiten",
             "Bergen, Tromsø, Stavanger", "{} sykehus"),
    _country("DK", "da en", "Freja Mikkel Signe Rasmus Katrine Søren Mette Anders Ida Jeppe",
             "Agerskov Bjerregaard Dalgaard Enevoldsen Friis Højlund Kirkegaard Lykke Nygaard Overgaard Ravn Thorsen",
             "Aarhus, Odense, Aalborg", "{} Universitetshospital"),
    _country("FI", "fi sv en", "Aino Mikko Helmi Antti Kaisa Juho Sanna Ville Outi Eero",
             "Aaltonen Hakala Ikonen Kivelä Lehtonen Mäkinen Niskanen Peltola Rautio Salmela Tuomisto Väisänen",
             "Turku, Oulu, Tampere", "{} keskussairaala"),
    _country("GR", "el en", "Ελένη Γιώργος Κατερίνα Νίκος Σοφία Δημήτρης Μαρία Ανδρέας Ιωάννα Πέτρος",
             "Αλεξίου Βλάχος Γεωργιάδη Δημητρίου Ζαχαρίας Καραγιάννη Λαμπρόπουλος Μαυρίδη Οικονόμου Παππά Σταθάκης Φωτίου",
             "Πάτρα, Ιωάννινα, Ηράκλειο", "Γενικό Νοσοκομείο {}"),
    _country("RO", "ro en", "Ioana Andrei Mădălina Radu Elena Ștefan Alexandra Mihai Roxana Vlad",
             "Albu Bălan Cojocaru Dumitrescu Enache Grigorescu Ilieș Lupescu Munteanu Petrișor Stoica Țurcanu",
             "Cluj-Napoca, Iași, Timișoara", "Spitalul Județean {}"),
    _country("KE", "en sw", "Amina Otieno Wanjiru Kiprono Achieng Mwangi Njeri Barasa Faith Kamau",
             "Abdalla Chebet Gitonga Kariuki Makokha Mutiso Nyambura Ochieng Odhiambo Ruto Wafula Wekesa",
             "Kisumu, Eldoret, Mombasa", "{} County Referral Hospital"),
    _country("ZA", "en", "Thandiwe Johan Lerato Sipho Annelize Kagiso Nomvula Pieter Zanele Ruan",
             "Botes Dlamini Khumalo Mokoena Naidoo Ndlovu Pretorius Sithole Steenkamp Vilakazi Zulu Marais",
             "Durban, Bloemfontein, Gqeberha", "{} Academic Hospital"),
    _country("IN", "en hi", "Ananya Rohan Meera Arjun Kavita Vikram Nandini Aditya Shalini Farhan",
             "Banerjee Chandran Deshpande Iyer Joshi Kulkarni Menon Nair Patwardhan Raghavan Sengupta Verma",
             "Pune, Kochi, Lucknow", "{} Medical College Hospital"),
    _country("BR", "pt-BR en", "Ana Rafael Juliana Thiago Larissa Gustavo Fernanda Caio Camila Leandro",
             "Almeida Bittencourt Cavalcanti Drummond Falcão Guimarães Lacerda Monteiro Nogueira Peixoto Sampaio Vasconcelos",
             "Recife, Curitiba, Goiânia", "Hospital das Clínicas de {}"),
    _country("CA", "en fr", "Emma Liam Chloé Noah Madeleine Ethan Zoé Owen Simone Gabriel",
             "Beaulieu Campbell Desrosiers Ferguson Gauthier Lapointe MacKinnon Pelletier Sinclair Tremblay Whitaker Boudreau",
             "Halifax, Québec, Winnipeg", "{} General Hospital"),
    _country("AU", "en", "Matilda Lachlan Isla Angus Georgia Hamish Tahlia Darcy Phoebe Jarrah",
             "Armitage Blackwood Cartwright Drysdale Gallagher Hargreaves Kirkwood Maddox Pemberton Radcliffe Sutherland Winslow",
             "Hobart, Geelong, Townsville", "{} Base Hospital"),
    _country("JP", "ja en", "美咲 健太 彩花 翔太 由美 直樹 真理子 大輔 恵子 拓也",
             "青山 石川 内田 遠藤 岡本 木下 斎藤 杉山 高木 中島 藤井 森田",
             "金沢, 松山, 仙台", "{}総合病院"),
)  # fmt: skip
