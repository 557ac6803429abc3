"""Organisations, products and places that the AI Incident Database names as parties, and classes that no rule tells.

Facts: read one by one in the database's list of entities (https://incidentdatabase.ai/entities/). Persons are not
here, under whatever name they go, nor is anything that might be one.
"""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split("|") if name.strip())


ORGANISATIONS = _names(
    """
    15.ai | Accessus.ai | accessiBe | Adobe Stock | Adobe | Air Canada | Airbnb | Alexa | Allen Institute for AI |
    Alibaba | Allyable | Alphabet | Amazon | Amazon Echo | Amazon Flex | Amazon Fresh | Amazon India | Anthropic |
    Apple | Apple Card | Apple Maps | Apple Watch | Appriss | Australian Taxation Office | AvertD | Baidu | Bahia's
    Secretary of Public Security | Bankrate | Base 311 | Bee Cups | BestBudgetUSA.com | Bharatiya Janata Yuva Morcha
    | Bing | Bing Chat | Black Lives Matter | BlenderBot 3 | Boeing | Boston Dynamics | British Royal Family |
    Buding Movie Tickets | Bunnings | ByteDance | CNET | Cadillac Fairview | California Bar's Committee of Bar
    Examiners | California Department of Motor Vehicles | California Department of Public Health |
    CelebritiesDeaths.com | Centrelink | Cass | Chai | Character.AI | Chakan plant of Automotive Stampings and
    Assemblies | Charlotte Mecklenburg Schools | ChatGPT | Chevrolet of Watsonville | Chronic Kidney Disease
    Epidemiology Collaboration | Cigna | Citigroup | Clarkesworld | Claude | Clearview AI | Coffee Meets Bagel |
    Companhia do Metropolitano de São Paulo | Contra Costa County Sheriff | Copilot | CopyCop | CountyLocalNews.com
    | Coupang | Cruise | CrushOn.AI | Curious Thing | DALL-E | DeepSeek | DMK | DPD | Dangdang | Darn Tough Vermont
    | Deliveroo | Deloitte | Department for Work and Pensions | DeviantArt | DoNotPay | Dragonbridge | Dravida
    Munnetra Kazhagam | Dudesy | Duke University | E! News | ETS | EVA AI Chat Bot & Soulmate | Edmodo | ElevenLabs
    | Equivant | Estée Lauder | Ever AI | Evolver | Extinction Rebellion Belgium | Ezemvelo KZN Wildlife | FSB | FTX
    | FaceApp | Facebook | Facebook Messenger | Facemega | Facial Identification Section | FakeApp | Famadillo.com |
    Federal Navy Credit Union | FilthyLucre.com | Finland National Bureau of Investigation | Foodstuffs | France 24
    | Frontier Development | GMX | GNC | GPT-2 | GPT-3 | GPT-3.5 | GPT-4 | GPT-4o | Gannett | Geisel School of
    Medicine | Gemini | Genderify | General Motors | Genesia AI Friend & Partner | Genoa Prosecutor's Office |
    GetIntoKnowledge.com | Getty Images | Giggle | GitHub | Gizmodo | Glovo | Gmail | Goldman-Sachs | Goldman Sachs
    | Google | Google Bard | Google Books | Google Docs | Google Home | Google Home Mini | Google Images | Google
    Lens | Google Maps | Google Ngram Viewer | Google Photos | Google Pixel 6a | Grab | Grok | HSBC UK | HSBC |
    Hardee's | HarmonyHustle.com | Henn na Hotel | Henn na Hotal | HireVue | HistoryFact.in | Hive Box | Home
    Bargains | Home Office | Honda | IBM | ISIS | Immunefi | India | InKstall | Instagram | Instagram's | Intensive
    Partnerships for Effective Teaching | International Baccalaurette | International Court of Justice |
    International Criminal Court | iPhone | iPhone Face ID | iPhone X Face ID | iRobot | Irish Department of
    Education and Skills | Israel Defense Forces | Jefferson Parish Sheriff's Office | KFC | KPMG | Kaggle | Keolis
    North America | Kmart | Knightscope | Koko | Korean Ministry of Justice | LAION | LaPoste | Latitude | Le
    Creuset | Lensa AI | Leonardo AI | LinkedIn | LLaMA | Llama | MIT Media Lab | MSN.com | MSNBC | Macy's | Madison
    Square Garden Entertainment | Malaysian judiciary | Manchester court system | Margiotta | MaxAccess.io |
    McDonald's | Medicare Advantage Plan | Megvii | Memorial Sloan Kettering | Meta | Meta AI | Meta Platforms |
    Meta's | MiDAS | Microsoft | Microsoft Outlook | Microsoft Research | Midjourney | Mistral AI | Mountain View
    municipal bus | MyInterview | NTV Channel | Nabla | NarxCare | Natural Cycles | Naver | NaviHealth | Navya |
    Netflix | Never Back Down | New Jersey Transit | New World Westend | New York city Dept. of Education | New
    Zealand | Nissan | Northpointe | noyb | NtechLab | NVIDIA | Ocado | OpenAI | Opera | Oracle | Outlook | PTI
    (Pakistan Tehreek-e-Insaf) | Pak 'n' Save | Palantir | Pasco Sheriff's Office | People's Liberation Army | Pepsi
    | Perplexity | Perplexity AI | Philippines | PimEyes | Pinecrest Academy Horizon | Ping An | Playground AI |
    Pony.ai | Pornhub | PredPol | Public Mirror | Real Women in Trucking | RealPage | Red Ventures | Reddit |
    Rekognition | Renren | Replika | Republican National Committee (RNC) | Retool | Rite Aid | Riverside Arena
    Skating Rink | Rock Hill School | Romantic AI | Roomba J7 | Russia | S.A.R.A.H. (Smart AI Resource Assistant for
    Health) | SIT Acronis Autonomous | SKH Metals | Sama AI | Samsung | Sanas | Savey Meal-bot | Scale AI | Schufa
    Holding AG | ScoopEarth.com | Security Health Plan | Services Australia | Shein | Sky voice assistant | Smart
    Columbus | Snapchat | SoftBank | Souther Co-op | Southern Co-op | Soviet Union | Spamouflage | Spamouflage
    Dragon | Spanish Ministry of Interior | Speedcam Anywhere | Sports Illustrated | Spotify | St George's Hospital
    Medical School | Stability AI | Stack Overflow | Stanford Medical | Stanford Medical Center | Stanford Shopping
    Center | Starbucks | State Farm | Storm-1376 | Subaru | Synthesia | São Paulo Metro | TNewsNetwork.com | Target
    | TaskRabbit | Taxis G7 | Telegram | Tencent | Tencent Holdings | Tesla | The Arizona Agenda | The BL | The DAO
    | The Good Guys | The Guardian | The Seed Company | The Vindicator | the government in Bahia | TheFaceTag |
    Thoughts | TikTok | Tinder | Toyota | Toyota Prius | Transaction Cloud | TuSimple | Tumblr | Turing Robot |
    Turnitin | Twitch | Twitter | UK Department of Work and Pensions | UK Home Office | UK Office of Qualifications
    and Examinations Regulation | UK Visas and Immigration | US Customs and Border Protection | US Department of
    Homeland Security | US Department of Justice | Uber | Uber Eats | Uber Eats Black | Ukraine | Unit 8200 |
    UnitedHealthcare | University of Texas at Austin | University of Texas at Austin's Department of Computer
    Science | UserWay | VKontakte | Vision Jet | Volkswagen | Volvo | WHO | Waddell & Reed | Walmart | Washington
    State's Lottery | WaveFunction.info | Waymo | Waze | WeChat | WeChat Pay | Weibo | Wendy's | WhatsApp |
    Wikipedia | Windows Paint | Women of Sex Tech | Workday | X (Twitter) | xAI | XPeng | XPeng Motors | Xsolla |
    Yahoo | Yahoo! Mail | Yahoo! News | Yandex | YouTube | Zhihu | Zillow | Zillow Offers | Zoom
    """
)

# Classes whose words alone do not show it: with the name of a place or a thing, in the singular, or not of people.
CLASSES = _names(
    """
    Australian welfare recipients | Black Americans | DAO Token Holders | Duke researchers | Gen Z TikTok users |
    Facebook users in East Africa | Facebook users interested in the US Presidential Election | U.S. voters | Texas
    A&M University students | Unknown hacker | Vanderbilt University students | non-American LGBTQ people | people
    having non-Caucasian facial features | people having non-Midwestern-American accent | call center agents having
    non-Midwestern-American accent | 2023 Turkey-Syria earthquake victims | 27 of Retool's clients | Afaan
    Oromo-speaking Facebook users | All Life on Earth | Baltimore County Public Schools community | Bath officials |
    Belgian Man | Beverly Hills citizens | Black families in Allegheny | Black Google Home Mini users | Bulgarians
    in the United Kingdom | businesses on Facebook | Civic society | Classmates of two unnamed middle school boys |
    Cruise vehicle | Cruise vehicles | Darn Tough Vermont customers | Deepfake website operators | delivery truck |
    Democracy | Democratic process in Slovakia | Election integrity | Electoral integrity | emergency dispatchers |
    Facebook's children users | Facebook users in Plymouth Hoe | Facebook users in online support communities |
    Facebook users interested in the Lekki Massacre incident | Facebook users posting about Plymouth Hoe | Fall
    River residents | Family and Friends of Deceased | Family of People Near Pentagon | Fuzhou Zhongfang Marlboro
    Mall goers | Geisel School of Medicine's accused students | Geisel School of Medicine's professors | Geisel
    School of Medicine's students | General public of China | General public of the United Arab Emirates | Google's
    competitor shopping services | gardening Facebook groups | Honolulu homeless people | Houston Independent School
    District teachers | households with disabled people in Allegheny | individuals in the Donbass region |
    Information integrity | Japanese pornographic actors | Journalism | Journalistic integrity | Korean Facebook
    Messenger users | Leaving Certificate exam takers | Legal system | Major brands whose advertisements were found
    on these sites | Media discourse | media organizations in Crimea | Michigan residents
    who faced bankruptcy or foreclosure due to MiDAS | Minors Exploited in the Images | museums on Facebook | New
    Hampshire voters | News media in Latin America | Newspapers relying on Gannett | Non-cisgender individuals |
    non-American-born Facebook users | non-Christian Facebook users | non-TPI-registered Grab drivers | Notting Hill
    Carnival goers | oncologists | people having personal data in GPT-2's training data | Philippines-China
    relations | Pikesville High School students and staff | plagiarized entities | Plymouth Hoe residents |
    Political integrity | political opposition in Uganda | Potential users of the Savey Meal-bot | Pro-Russian
    Telegram channels | pseudonymized psychiatrist | Public discourse integrity | Public trust | Retool employee who
    was the victim of the unknown hacker | rhinos in conservation | Robotics Consultant | Roomba J7 device owners in
    project IO | San Antonio residents | San Francisco emergency services | San Francisco firefighters | San
    Francisco homeless people | San Francisco public | San Francisco residents | San Francisco traffic participants
    | San Jose public | Schools and teachers who were misinformed and burdened with COPPA compliance
    responsibilities without adequate disclosure | Sherman Oaks residents | ski patrols | small businesses on Amazon
    | small businesses on Facebook | Sunnyside beachgoers | São Paulo citizens | Telegram community users | Third
    parties relying on the confidentiality of the exposed data | Turkic Muslim ethnic groups | Underrepresented
    genders | Unknown transnational fraud ring | Unnamed Fullerton police officer | unnamed Florida teenager |
    Unnamed Hong Kong-based branch manager of unnamed Japanese firm | Unnamed Japanese firm | Unnamed Manchester
    litigant | Unnamed South Gyeongsang province produce distribution center | Unnamed South Korean man | Unnamed
    employee of South Gyeongsang province produce distribution center | Unnamed perpetrators in Almendralejo |
    Unnamed victims in Almendralejo | unnamed UK-based energy firm's CEO | Users in a Telegram group | Users on X |
    Two unnamed middle school boys | vehicle repair shops | victims of FTX's collapse | Video Game Players |
    Virginia convicted felons
    """
)
