// What people make passwords of, written down for this purpose: the words, names and runs that come to mind first, in
// the languages that are typed the most. `guess-bits.ts` also knows them reversed, with signs for letters, doubled,
// joined, and with years and numbers behind them, so that each stands for thousands.

const words = `
  pass passw passwd password passwort passcode passphrase passkey passe motdepasse contrasena senha parola heslo haslo
  wachtwoord kennwort losenord salasana geheim secret secreto segredo secure security private login logon signin signup
  admin administrator root user username guest test tester testing demo default changeme change letmein access open
  opensesame enter welcome hello hallo hola bonjour ciao hey master system server super superuser manager support
  service office computer laptop internet website online network wireless router google facebook twitter youtube
  microsoft windows linux ubuntu apple iphone samsung android nintendo pokemon pikachu minecraft fortnite roblox
  playstation xbox gamer gaming player game over killer hunter shooter sniper ninja samurai warrior soldier army navy
  marine matrix neo trinity morpheus hacker cracker hacked oracle cisco dell asus lenovo sony nokia motorola intel
  whatever nothing something anything forever always never again trustno one noone nobody somebody everyone
  iloveyou loveyou iloveu loveme lovely lover love loves loving liebe schatz amor teamo tequiero jetaime mylove mybaby
  baby babe babygirl babyboy honey sweet sweety sweetie sugar candy cookie chocolate cupcake cherry apple banana
  orange lemon strawberry peaches pepper ginger cinnamon coffee beer whiskey vodka cheese pizza burger bacon butter
  princess princesa prince king queen angel angels angelo devil demon heaven hell jesus christ god godisgood blessed
  faith hope grace glory spirit church bible amen allah mohammed buddha lord savior
  dragon monkey tiger lion panther leopard jaguar eagle falcon hawk raven phoenix wolf wolves bear panda koala bunny
  rabbit horse pony unicorn mustang stallion dolphin shark whale fish turtle snake cobra viper python spider butterfly
  mariposa bird chicken duck puppy dog doggy kitty kitten cat cats dogs mouse elephant giraffe zebra gorilla
  buster shadow bella max rocky lucky smokey oreo daisy molly sadie toby charlie bailey cooper harley tucker coco
  simba tigger pooh snoopy garfield scooby mickey minnie donald goofy winnie barney elmo spongebob patrick homer bart
  batman superman spiderman ironman hulk thor wolverine deadpool joker avengers marvel starwars yoda jedi skywalker
  vader anakin startrek spock gandalf frodo hobbit hogwarts potter harry hermione voldemort naruto sasuke goku vegeta
  sunshine sunny sunday sun moon moonlight star stars starlight sky rain rainbow snow snowflake storm thunder
  lightning fire flame ice water ocean sea beach river mountain forest garden flower flowers rose lily jasmine violet
  lavender tulip soleil loulou doudou chouchou coucou nicolas azerty nirvana
  spring summer autumn fall winter january february march april may june july august september october november
  december januar februar maerz juni juli oktober dezember monday tuesday wednesday thursday friday saturday
  fruehling sommer herbst verano invierno primavera
  red blue green yellow purple pink black white silver gold golden diamond crystal emerald ruby pearl platinum
  football soccer baseball basketball hockey tennis golf golfer rugby cricket boxing wrestling surfing skating
  snowboard swimming running fitness sports player champion winner ball futbol fussball
  liverpool arsenal chelsea manchester united everton tottenham barcelona realmadrid juventus milan inter bayern
  dortmund schalke benfica porto ajax galatasaray fenerbahce besiktas boca river celtic rangers
  yankees lakers cowboys steelers eagles packers raiders patriots redsox broncos bulldogs dodgers giants bulls
  corvette ferrari porsche mercedes bmw audi toyota honda yamaha suzuki kawasaki ducati harley camaro dodge chevy ford
  jordan michael jennifer jessica ashley amanda nicole daniel matthew joshua andrew anthony robert william thomas
  david james john joseph richard charles christopher christian brandon justin jason ryan kevin brian eric steven
  george edward henry samuel benjamin nathan jacob ethan tyler austin dylan logan mason liam noah oliver jack alex
  alexander alexandra alexis anna anne maria marie mary sarah sara laura lauren rachel rebecca elizabeth emily emma
  olivia sophia sophie isabella isabel chloe megan hannah samantha stephanie victoria vanessa melissa michelle danielle
  natalie natasha andrea angela barbara patricia linda susan karen nancy lisa betty helen sandra donna carol ruth
  carlos juan jose luis miguel jorge pedro pablo diego fernando alejandro roberto antonio francisco manuel javier
  sergio ricardo eduardo daniela gabriela valentina camila carolina lucia sofia elena claudia monica martina chiara
  giulia francesca marco luca matteo andrea alessandro giovanni giuseppe francesco pierre jean julien camille
  thomas lukas felix paul peter hans klaus stefan sebastian florian tobias katharina sabine ivan dmitri sergey
  andrey alexey vladimir natalia olga tatiana svetlana marina irina igor boris nikita maxim ahmed mohamed
  fatima ali hassan hussain omar ibrahim mehmet mustafa kumar sharma singh patel rahul priya krishna ganesh
  boss bossman hotdog hottie sexy sexygirl naughty playboy pussy fuck fucku fuckyou fucker fuckoff shit bitch asshole
  bastard damn dick penis boobs tits sex porn porno horny ficken arschloch puta mierda merde putain cazzo blyat
  stupid idiot loser crazy cool awesome amazing perfect beautiful pretty gorgeous cute happy smile funny lol haha
  friend friends family mother father mom mommy mama mum dad daddy papa brother sister son daughter grandma grandpa
  wife husband girl girls boy boys woman women man men kids child children boyfriend girlfriend bestfriend
  money cash dollar euro bitcoin crypto bank credit rich million millionaire business company work worker job money
  america american usa canada mexico brazil brasil england london paris france germany deutschland berlin spain
  madrid italy italia roma russia moscow china beijing japan tokyo india delhi mumbai australia sydney texas
  california florida chicago boston dallas denver phoenix newyork hollywood vegas africa europe
  music guitar piano drums bass metal metallica slipknot eminem tupac beatles elvis rock rocknroll rockstar hiphop
  rap jazz dance dancer disco party beyonce rihanna bieber swift
  freedom liberty justice peace power energy magic magical mystery dream dreams dreamer destiny future
  school college university student teacher professor doctor nurse police officer lawyer engineer pilot captain
  pirate cowboy knight wizard merlin arthur lancelot vampire zombie monster ghost alien robot
  purple flower house home room door window car truck bike motorcycle airplane train boat ship
  please thanks thankyou sorry goodbye goodluck goodmorning goodnight good bad best first last new old
  big little small hot cold fast slow strong lucky seven eleven zero one two three four five six eight nine ten
  hundred thousand number numbers letter letters word words abc xyz asd qwe zxc qaz wsx wasd aaa xxx
  the and you your my mine this that with for from not yes can has have was are its our all
  team group project workspace tasks notes account email mail phone mobile temp temporary example sample foo foobar
  foobaz bar baz lorem ipsum monkeys trustme mustang corvette access starwars blink cheese snickers sparky
`;

/** In lower case, of three letters or more, each once. */
export const commonWords: readonly string[] = [...new Set(words.trim().split(/\s+/))];

/** Rows and columns of keyboards, the alphabet, numbers: any part of one, either way, is a run. */
export const commonRuns: readonly string[] = [
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
  "aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz",
  "a1b2c3d4e5f6g7h8i9j0",
  "1a2b3c4d5e6f7g8h9i0j",
  "abc123def456ghi789",
  "123abc456def789ghi",
  "012345678901234567890123456789",
  "1234567890qwertyuiopasdfghjklzxcvbnm",
  "123456789101112131415161718192021222324252627282930",
  "00112233445566778899001122334455",
  "000111222333444555666777888999000",
  "1122112211221122",
  "1212121212",
  "02468101214161820",
  "24681012141618",
  "1357911131517192123",
  "13579246801357924680",
  "147258369147258369",
  "741852963741852963",
  "159357159357",
  "123654789",
  "987456321",
  "3141592653589793238462643383279502884197",
  "27182818284590452353602874713526",
  "161803398874989484820458683436563811",
  "112358132134558914423337761098715972584",
  "!@#$%^&*()_+",
  '!"§$%&/()=?',
  "qwertyuiop[]\\",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "qwertzuiopasdfghjklyxcvbnm",
  "azertyuiopqsdfghjklmwxcvbn",
  "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
  "qazwsxedcrfvtgbyhnujmikolp",
  "zaq12wsxcde34rfvbgt56yhnmju78",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "q1a2z3w4s5x6e7d8c9",
  "1a2s3d4f5g6h7j8k9l",
  "qweasdzxcrtyfghvbnuiojklm",
  "qweasdzxc123",
  "123qweasdzxc",
  "1234qwerasdfzxcv",
  "йцукенгшщзхъфывапролджэячсмитьбю",
  "абвгдежзийклмнопрстуфхцчшщъыьэюя",
];
