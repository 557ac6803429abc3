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
    aakar abby abdelrahman abu abubakar adam adewale adrianna adrienne aimee akua alanis aleks aleksander
    alexandria alika althea alvin amal amaya amrita andy angelica anika anjana ankit ankita anneke anneliese
    annie anoop ansel antje antonina anupam aparna apolline ariana arianna arielle arlo arun arvind aryan
    ashleigh ashton ashutosh asif aubrey audre aurelien avinash ayelet azhar balaji barry bashar beatrix becca
    becky bella benita berat bernie beyonce bharat bhavya billie bindu bjork blaise bobbi bobby braden bradley
    brayden breeze brett britney bronwyn byron caitlyn caleb camila cara cardi carly carrie casey cassie cate
    cedric chaim charlene cheryl chitra chrissy christiaan chunyang ciaran clair claire clare claudine clayton
    clifford clint cody colette colleen connie corey courteney courtney craig crispin cristiano curt cyrus
    daenerys danica danny darius darrell darryn daryl debbie deepa demi denny denzel derrick devon dexter dhruv
    dmytro dominick donnie donovan doug dustin dwayne ed eddie edouard eduard eleonora eli eliana eliezer eliot
    elisha emanuel emanuele erdem esme evgeny ezgi faiz farah femi ferdinand fleur florencia frances gabe gael
    garrett genevieve geoff georgie gerrit gigi giorgia giselda glenn graeme graham gretchen gwyneth hadi hailey
    hakeem halle hank haroon harsh hayden heath hillary humza idris ilya imane isha isobel jacinda jacky
    jacquelyn jada jaden jair jana janelle jarrod jeanette jedediah jeong jess jessie jillian joann jodi jody
    jona jonah jordy josh josiah jude julianne juliette kaja kaleigh kanye kari karissa karthik katharine keanu
    kellyanne kelsey kendall kendra kendrick kenny keoni khloe kieran kimberley kimberly kris kristi kylie
    lachlan lasse latanya laverne lawrence lebron leena leigh leigh-anne lesley lester levi libby linette lionel
    lizzie lizzy lula maegan maggie maia maisie malala malia mallika manoush marci margrethe mariah marian
    marisha marissa marques marvin matt maxwell mayank meagan meaghan megha meghan melania mick mikaela mikey
    miley milind milo mindy mingzhu minnie mircea mitch mohan mohd mohit mukul nadeem nat nate navinder neal
    neira nicki nicky nico nikita nikki nikolaj nilesh nilofar nino nishtha noam onur oprah orhan otis paige
    pallavi pam parker pete phillip porsha pradeep prerna quincy rajeev ranjit rashida ravishankar ree reese
    reuben rhona ricarda rihanna riley rina ritwik riya rohini romy ron ronnie ronny rory rosalynne roscoe
    rowena rudy ruhollah sadiq safiya sahil sally sanjana sapna saqib satya scarlett selena selina shakira shane
    shanti shawn sheera sheridan sheryl shinzo shira shivali shona shoshana silvon sneha stav stef steph suhail
    sundar supriya sushant susie tanisha tess thuy tilly timnit tobi tolga toni tricia trisha troy tucker usain
    vahid varsha veena venkatesh virat vishakha vyacheslav wesley whitney winona yakov yana yaron yelena yoshua
    yusra zac zach zack zahid zelda zeljka zendaya zohran
    """
)
# Family names besides those of the screening's list.
MORE_FAMILY = _words(
    """
    althoff altman amini arden ardern armstrong assange attenborough bankman-fried barrymore beckham bengio
    bernstein bezos biden bieber bloomberg bolsonaro brewster buckley bukele burisma burton buterin buttigieg
    carlin chomsky chopra clinton clooney cohen cowen crawford cruise curry danson dastin dawson depp desantis
    diallo dicaprio dixon dougan drummond duterte einhorn elliott epstein erdogan fauci federer feinstein
    fernando filipovic fowler friedman galassi garland gebru gingrich giuliani goldberg gomez gonzalez griffin
    hamilton hanks harari harrelson harrington harris hassabis hawking henderson hernandez hinton hochul hoffman
    holland hopkins huang hudson hunt hutchins jackman jaitley jassy jobs johansson kaepernick kaepernik kaplan
    kardashian karpathy katz kejriwal keller kennedy kilicdaroglu kohli kondo kowalewski lambert lawson lecun
    lehrer levinsohn levy linkletter luccioni macron mani margolis markey mccain mcconnell mcgee mcgregor
    mcintyre mckenzie mckinney mclaughlin mcmillan mcnutt meghwal melnick merkel messi metz milei mitnick modi
    montgomery murdoch musk nadella nash netanyahu newsom nicholson norris obama ocasio-cortez oliver olson
    orban osborne osbourne paltrow patterson pearson peele pelosi pence petrov phillips pichai pinnock portnoy
    purcell putin raman ramaswamy reynolds richards richardson rogan romney ronaldo rowe rowling rubinstein
    rubio rutte sanders sandu sarao schneier scholz schultz schumer schwarzenegger seinfeld shafranovich sharma
    shelton simmons simpson snowden soros spielberg starmer stumpp suharto sunak sutskever sutton sweeney swift
    tarasyuk tate tendulkar thatcher thiel thirlwall thompson thornton thunberg timberlake trudeau trump
    turnbull vaughn vermeer vestager vincent wakabayashi wallace walz warren watkins watson webster weinstein
    wilkinson willison wojcicki yellen yousafzai zelenska zelensky zelenskyy zuckerberg
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
    altman aoc bezos biden bolsonaro desantis duterte epstein erdogan fauci johansson kilicdaroglu macron mcconnell
    merkel modi musk nadella netanyahu obama pelosi pence petrov pichai putin rogan sandu starmer suharto sunak
    trudeau trump turnbull zelenska zelenskiy zelensky zelenskyy zuckerberg
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
    calif california canada canadian cato centrelink ceo champions chatbot chatbots chatgpt checkmarx chevrolet chevy
    chicago china chinese christmas cisa civ claude clearview clippy cloudbees cobalt colorado comfyui congress
    connecticut copilot copymatic coronavirus covid cruise cuda cve dalle dartmouth dc deepfake deepfakes deepmind
    deepseek delhi democrat democrats detroit diego disney dmv dna dubai dutch edmodo ehealth england english
    english-language ernie eu europe european ewca excel facebook faceid fbi firefly firefox florida fortnite
    france french fsd gan gemini gemma genoa georgia german germany gitlab glassdoor google gpt gpt-3 gpt-4 greece
    grok harvard hewlett hindi hollywood honda houston hud huggingface ibm idaho ide illinois india indian indiana
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
# Sites on which one person writes, and whose address is that person's name or pseudonym.
OWN_SITES = frozenset(
    {
        "antoinespeaks.co.uk", "danrl.com", "dankennedy.net", "dkb.blog", "edrants.com", "ekker.legal",
        "gwern.net", "idiallo.com", "meyerweb.com", "natbuckley.co.uk", "schneier.com",
    }
)  # fmt: skip
