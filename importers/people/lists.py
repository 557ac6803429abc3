"""Words by which names of persons are told from other words with a capital; public facts, written down by hand.

They stand beside the lists of ``registry.domain.screening``, which hold the commoner names. Headlines write most words
with a capital, so that more has to be known of the words that are no names.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in text.split(","))


# Given names, in small letters and without accents.
MORE_GIVEN = _words(
    """
    abdelrahman abu adewale akua alanis aleksander alexandria alika althea anika ankit anneke anneliese anoop
    ansel antje apolline ariana arlo arun aryan ashton asif aubrey audre aurelien ayelet azhar balaji bashar
    beatrix bella berat beyonce billie bjork blaise bobbi brayden breeze britney bronwyn caitlyn caleb camila
    cardi carly casey cassie cate cedric chrissy chunyang claire claudine clint colleen corey courtney craig
    cristiano daenerys danica darius daryl demi denzel devon donnie donovan doug dwayne ed eddie edouard eduard
    eliezer erdem esme farah femi ferdinand fleur garrett genevieve georgie giorgia glenn graham gretchen gwyneth
    hailey hakeem halle harsh heath hillary humza idris ilya isha jacinda jacky jada jaden jair jana jarrod
    jedediah jeong jessie jordy juliette kanye kari keanu kellyanne kendall kendra kendrick khloe kimberly kristi
    kylie latanya laverne lebron leigh leigh-anne lionel lula maia maisie malala malia margrethe mariah marques
    meghan melania mick miley milo mingzhu mitch mohan mohit nate navinder neira nicki nikita nikki noam oprah
    otis paige pam parker porsha rashida ree reese ricarda rihanna riley ron roscoe rudy sadiq satya scarlett
    selena shakira shane shawn sheryl shinzo silvon stav suhail sundar tess timnit trisha troy tucker usain virat
    whitney winona yakov yoshua yusra zach zelda zendaya zohran
    """
)
# Family names besides those of the screening's list.
MORE_FAMILY = _words(
    """
    althoff altman amini arden ardern armstrong assange attenborough bankman-fried barrymore beckham bengio
    bernstein bezos biden bieber bloomberg bolsonaro bukele burisma buterin buttigieg carlin chomsky chopra
    clinton clooney cohen cruise curry danson depp desantis diallo dicaprio dougan drummond duterte einhorn
    epstein erdogan fauci federer feinstein filipovic galassi garland gebru gingrich giuliani goldberg gomez
    gonzalez hanks harari harrelson harris hassabis hawking henderson hernandez hinton hochul huang hunt hutchins
    jackman jaitley jassy jobs johansson kaepernick kaepernik kardashian karpathy kejriwal kennedy kilicdaroglu
    kohli kondo lecun lehrer levinsohn linkletter luccioni macron mani margolis markey mccain mcconnell mcgregor
    meghwal melnick merkel messi milei mitnick modi murdoch musk nadella netanyahu newsom obama ocasio-cortez
    oliver orban osbourne paltrow peele pelosi pence petrov phillips pichai pinnock portnoy purcell putin raman
    ramaswamy reynolds rogan romney ronaldo rowling rubio rutte sanders sandu sarao scholz schultz schumer
    schwarzenegger seinfeld shafranovich sharma shelton simmons simpson snowden soros spielberg starmer stumpp
    suharto sunak sutskever sweeney swift tarasyuk tate tendulkar thatcher thiel thirlwall thompson thunberg
    timberlake trudeau trump vermeer vestager walz warren watson weinstein wojcicki yellen yousafzai zelenska
    zelensky zelenskyy zuckerberg
    """
)
# Words of English that are common family names; after a given name they are one.
SURNAME_WORDS = _words(
    """
    ball banks barber bell best bird bishop black bond booth bowman boyle brook brooks brown burns bush butler
    carpenter chase church clay cook cooper cross day dean dove drake eastman english farmer field fields fisher
    fletcher floyd ford foster fox franks freeman frost gamble gates glass gold goodman grant gray green greene
    grey hardy hart hawk head hill holmes hood hook hope hopper house hunt hunter joy judge keen king knight lake
    lamb lane law light little long lord love low lynch marsh marshall mason may mercer miller moon moore moss
    newman noble page painter palmer parks pearl perry pitt poole pope porter potter pound power powers pratt
    price rice rich rivers rock rose rush sage sharp shepherd short singer skinner slaughter smart snow sparks
    spears stanley steel stern stone storm strong summers swan swift teller temple thorn tucker turner underwood
    vance wade walker wall ward warner waters watts weaver webb wells west white wilde wise wolf wood woods young
    """
)
# Family names that stand alone for one person known to all; a name before or behind is taken along.
KNOWN_ALONE = _words(
    """
    altman bezos biden bolsonaro desantis duterte epstein erdogan fauci johansson kilicdaroglu macron mcconnell
    merkel modi musk nadella netanyahu obama pelosi pence petrov pichai putin rogan sandu starmer suharto sunak
    trudeau trump zelenska zelenskiy zelensky zelenskyy zuckerberg
    """
)
# What is called after such a person, and is a body, a period or a place.
AFTER_KNOWN = _words(
    """
    administration campaign era foundation hotel organization presidency rally supporter supporters themed tower
    voters
    """
)
# Before a name: what a person is or does. The next word is taken for a name if it can be one.
ROLES = _words(
    """
    actor actress ambassador archbishop artist attorney author blogger cfo chancellor coach comedian comedienne
    commissioner congressman congresswoman councillor cto defendant dr economist emperor governor imam influencer
    inspector journalist judge justice king lawmaker lieutenant mayor minister mp mr mrs ms officer pastor
    plaintiff pm podcaster politician pope premier president prince princess prof professor prosecutor
    psychiatrist queen rapper rep reporter researcher secretary sen senator sergeant sheriff singer sir songwriter
    streamer youtuber
    """
)
# Words of a run that show an organisation, a place or a thing, directly behind what looks like a name.
THING_ENDS = _words(
    """
    academy act airlines airport arena associates avenue award bank beach boulevard bridge building bureau center
    centre chambers church clinic college committee corp corporation council county court courthouse department
    district elementary energy foundation fund gallery garden gardens gmbh group hall high hills holdings hospital
    hotel inc industries institute island islands laboratories laboratory labs library limited llc llp ltd
    magazine medal memorial middle ministry mosque motors museum news news' observatory park partners plc post
    press prize publishing records research road school schools securities security software square stadium
    station street studio studios systems technologies technology theatre theorem tower treaty trust university
    valley village
    """
)
# Products, companies, places, peoples, figures of books and of long ago, and other things that look like a name.
# Each is compared with the words from where a name would begin.
NOT_PERSONS = _phrases(
    """
    abu dhabi, ada lovelace gpu, alan turing institute, alexander mcqueen, amazon alexa, amber alert, anne
    frank, aston martin, ave maria, baidu ernie, beverly hills, bing chat, bobby tables, buenos aires, carnegie
    mellon, charles darwin, charlie hebdo, chevy tahoe, costa rica, darth vader, dolce gabbana, don quixote, dow
    jones, dr google, eiffel tower, eliza bot, ernie bot, estee lauder, fannie mae, freddie mac, georgia tech,
    giga texas, grace hopper gpu, hannah montana, harley davidson, harry potter, hong kong, hudson bay, hugo
    award, isaac asimov, jack daniels, jane doe, jane street, jetson agx, jim crow, johannes vermeer, john
    deere, john doe, johns hopkins, jolly roger, kalindi kunj, kingfisherfox salvador, kyle linux, la liga, lake
    champlain, latin america, le creuset, lee luda, levi strauss, lok sabha, los angeles, louis vuitton, maria
    db, mario kart, martin luther king jr day, mary poppins, max planck, mein kampf, mercedes benz, merriam
    webster, mickey mouse, miranda rights, mona lisa, monte carlo, moore's law, morgan stanley, mount sinai, mr
    robot, norman bates, norton antivirus, notting hill, oliver twist, palo alto, peter pan, peter rabbit,
    potrero hill, ray ban, robin hood, rocky mountain, rolls royce, saint louis, sam's club, san antonio, san
    diego, san francisco, santa clara, santa claus, sao paulo, saturn v, sherlock holmes, sherman oaks, sierra
    nevada, silicon valley, south wales, st louis, sydney bing, thomas the tank, thomson reuters, tim hortons,
    tom clancy, trader joe, uncle sam, van gogh, vera rubin, victoria legal, victoria police, virginia beach,
    walt disney, warner bros, watson cloudpak, watson studio, wells fargo, west virginia, william hill, willy
    wonka, winnie the, yuri gagarin
    """
)
# Single words with a capital that are no part of a person's name: companies, products, models, places, peoples.
NOT_NAMES = _words(
    """
    accenture adsense africa african africans agi ai airbus airflow alexa alibaba almendralejo amazon america
    american americans anthropic anyscale apache api apple arkansas asia asian atlassian auschwitz avro azure
    baidu bard barista bdsm beijing berlin bing blenderbot bloom bmw boeing boston brazil britain british brooklyn
    calif california canada canadian cato centrelink ceo champions chatbot chatbots checkmarx chevrolet chevy
    chicago china chinese christmas cisa civ claude clearview clippy cloudbees cobalt colorado comfyui congress
    connecticut copilot copymatic coronavirus covid cruise cuda cve dalle dartmouth dc deepfake deepfakes deepmind
    deepseek delhi democrat democrats detroit diego disney dmv dna dubai dutch edmodo ehealth england english
    english-language ernie eu europe european ewca excel facebook faceid fbi firefly firefox florida fortnite
    france french fsd gan gemini gemma genoa georgia german germany gitlab glassdoor google gpt gpt-3 gpt-4 greece
    grok harvard hewlett hindi hollywood honda houston huggingface ibm idaho ide illinois india indian indiana
    indians indonesia indonesian infosys instagram intel iowa iran iraq ireland irish israel israeli italian italy
    japan japanese java jdbc jenkins jersey jetbrains jew jewish jews kaggle kannada kansas kentucky kenya kenyan
    keras kiro korea korean laos las latina lexus linkedin llama london los louisiana maine malaysia manesar
    maryland massachusetts medicaid medicare meta mexico miami michigan microsoft midjourney minnesota mississippi
    missouri mistral mongodb montana moscow mturk muslim muslims mxnet myanmar naacp nasa nato nazi nazis nebraska
    netflix nevada newsguard nhtsa nigeria nigerian nlp nsfw nvidia nypd ofqual ohio oklahoma ontario openai
    oracle oregon orlando orleans oxford pakistan pakistani palestine palestinian parisian peabody pentagon pii
    pinot poland polish portland proctorio pti pulsar python pytorch qualcomm quora qwen rancher reddit redshift
    rekognition replika republican republicans robodebt robotaxi rockettes roomba russia russian russians saarland
    samsung saudi scopely seattle seoul shotspotter siri slack snapchat snapdragon spain spanish spotify sqoop
    starbucks stockholm sudan swedish sydney syria taiwan taiwanese tay telegram tencent tennessee tesla texas
    thai theia tibco tiktok tinder tokyo toronto toyota triton turkey turkish twitch twitter uber uk ukraine
    ukrainian un us usa utah uyghur vanderbilt vegas vermont vietnam virginia vmware vodafone volkswagen volvo
    wales walmart washington waymo waze wechat weibo wells whatsapp wikipedia windows wisconsin wordpress wyoming
    xai xbox yahoo yandex yelp york youtube zealand zeppelin zillow zurich
    """
)
