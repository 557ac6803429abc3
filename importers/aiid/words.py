"""Words by which a name of the AI Incident Database shows that it is a class of people, or an organisation.

Facts, gathered from the names of parties that the database lists. Capitalised words count only if they are here, so
that a name of a person never passes for a part of a class.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# What a class of people or things is called; at least one of these makes a class.
CLASSES = _words(
    """
    accounts activists actors actresses administrators adults advertisers agents albanians analysts applicants
    artists athletes attackers attendants attendees authors automakers bankers banks beachgoers beneficiaries
    bicyclist bicyclists blackmailers bots brands bulgarians businesses buyers bystanders campaigns candidates
    carollers carriages celebrities channels child children citizens clients clinicians clinics colleges communities
    community companies competitors consultants consumers contributors couples courts creator creators crew
    criminals customers cybercriminals cyclists dealers dealerships democrats deployers developers doctors driver
    drivers editors electorate employee employees employers engineer engineers exchanges experts families fans
    figures filipinos firefighters firms followers fraudsters gamers gardeners gazans girls goers governments greeks
    groups guests hackers holders homeowners hospitals immigrants individuals influencers infringers inmates
    institutions interviewers investigators investors jordanians journalists judges lawmakers lawyers learners
    listeners litigant markets media men migrants minorities minors moderators motorcyclists motorist motorists
    musicians muslims neighborhoods neighbors neighbours networks newlyweds newspapers newsrooms nurses offenders
    officer officers offices officials operatives organisations organizations organizers outlets owner owners
    palestinians parents participants parties partners passenger passengers passersby patient patients patrons
    pedestrian pedestrians people perpetrators persons pharmacists photographers physicians pilots players police
    politicians populations procurers professionals professors programmers propagandists protesters providers public
    publishers pupils readers refugee refugees renters republicans researchers residents retailers riders romanians
    scammers schools scientists security seekers sellers sextortionists shareholders shoppers singers sites soldiers
    sources speakers staff startups streamers student students submitters subscribers suppliers supporters survivors
    takers taxpayers teachers teenager teenagers teens tenants test-takers therapists tourists travelers travellers
    truckers universities user users vehicles veterans victims viewers visitors voters woman women worker workers
    writers youth youths youtubers
    """
)
# What else may stand in the name of a class with a capital letter: sorts of people, peoples, places, subjects.
WORDS = _words(
    """
    a a-level about accused advertisers african african-american ai aires airline airplane alexa all american
    analysis and anonymous apple applicants arabic arabic-speaking area arena arkansas asian assessed at attacks
    australian automated aviation baccalaureate bahia bank bar bay belgian bengali bipoc black book bradford brazil
    brazilian british brown bucheon buenos burmese-speaking bus business by california campaigns canadian cancer
    caste caucasian centre chatbot chicago chinese chinook christian christmas city civic college community
    competitors conference content copyright cosmetic county covid covid-19 crisis cross-border cryptocurrency
    cybersecurity czech dao dari-speaking dark data deceased deepfake detroit device disabilities disabled durham
    dutch east eating economy edmonton elderly english ethiopia ethiopian ets european exam eyes federal female
    filipino finals fire flagged for foreign former french frisco gatos gcse gen gender general german germany
    global greek haitian having hawaiian health healthcare henan high hispanic historically holocaust home homeless
    hong houston illinois image images immigrant immigration in independent india indian indigenous individual
    indonesia indonesian intellectual international internet interracial iranian ireland irish israel israeli
    italian italy jewish jokkmokk kaggle kannada kenya kenyan kingdom kong korean labour latin latinx law leaving
    legal lgbtq lgbtq+ libyan livonia lok los louisiana low-income maine malaysian male mall many marginalized
    market medicaid medical medicare michigan middle minor minorities minority misinformation moldova morocco
    mountain movie mumbai myanmar māori navajo near nevada new news nigeria nigerian north nyc oakland of older on
    online oromo-speaking pakistan pakistani palestinian paris participants pasco pashto-speaking pentagon people
    phd philippine philippines political poor pornographic potential potentially presidential pro-russian property
    public racial real residents rights river robotics rohingya romanian russia russia-linked russian sabha salta
    school senior sex sexual sierra sikh silicon singapore skin slovakia slovakian small social south spanish
    spanish-speaking state stock store survivors swahili swahili-speaking sweden swedish syracuse taiwan taiwanese
    technology telecommunications test texas thai the tigrinya-speaking toronto tourist trans transgender travel
    troy turkic turkish twins u.s. uae uganda ugandan uighur uk ukraine ukrainian underrepresented undocumented
    unidentified united university unknown unnamed unspecified us usa uyghur valley variety various venezuelan
    veteran veterans victims video vietnamese virginia visa voice voter war warehouse washington weather welfare
    west western white with wny women's xinjiang yks york young youth
    """
)
# Words that end the name of an organisation, whatever comes before; and those that begin it.
ENDS = _words(
    """
    academy administration agency airlines airport alliance army assembly association authority bank board bureau
    capital city-government clinic club college commission committee company consortium corp corp. corporation
    council county court courts defense department district division enterprises federation force foundation fund
    gmbh government group hospital hospitals inc inc. industries initiative institute institutes insurance
    intelligence laboratories laboratory labs library limited llc ltd ltd. mall media military ministry municipality
    museum navy network networks newspaper organisation organization parliament party plc police presidency press
    program programme project restaurant restaurants robotics school schools secretariat service services sheriff
    society software solutions station store stores studio studios supermarket systems technologies technology times
    tv unit university
    """
)
STARTS = (
    "university of ", "government of ", "ministry of ", "department of ", "institute of ", "institute for ",
    "state of ", "parliament of ", "presidency of ", "bank of ", "city of ", "county of ", "court of ", "college of ",
    "society for ", "center for ", "centre for ", "office of ", "bureau of ", "judiciary of ",
)  # fmt: skip
