using System.Text;
using Aphorist.Text;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Texts in old encodings, read as UTF-8: the right encoding is among those that are shown, and first for longer texts.</summary>
public sealed class EncodingCandidatesTests
{
    private const int Long = 300, Short = 30;

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["Russian"] =
            "Каждое утро старый лодочник выходил на берег и долго смотрел на воду. Он знал, что река никуда не торопится, " +
            "но все-таки успевает раньше всех. Однажды мальчик спросил его: \"Почему ты не гребешь быстрее?\" - \"Потому " +
            "что меня ждут только рыбы\", - ответил старик и засмеялся. Мальчик подумал и сел рядом с ним на теплые " +
            "доски.\n",
        ["Ukrainian"] =
            "Щоранку старий човняр виходив на берег і довго дивився на воду. Він знав, що ріка нікуди не поспішає, але " +
            "завжди встигає раніше за всіх. Одного дня хлопчик запитав його, чому він не веслує швидше. Мене чекають лише " +
            "риби, відповів дід, і їм теж нема куди поспішати, бо їхня їжа завжди поруч.\n",
        ["Greek"] =
            "Κάθε πρωί ο γέρος βαρκάρης έβγαινε στην όχθη και κοίταζε το νερό. Ήξερε ότι το ποτάμι δεν βιάζεται, αλλά " +
            "φτάνει πάντα πρώτο. Μια μέρα ένα παιδί τον ρώτησε γιατί δεν τραβάει πιο γρήγορα κουπί. Με περιμένουν μόνο τα " +
            "ψάρια, απάντησε ο γέρος και γέλασε, και αυτά δεν έχουν ρολόι.\n",
        ["Hebrew"] =
            "בכל בוקר יצא הסבל הזקן אל שפת הנהר והביט במים זמן רב. הוא ידע שהנהר אינו ממהר, ובכל זאת הוא מגיע לפני כולם. " +
            "יום אחד שאל אותו ילד מדוע אינו חותר מהר יותר. רק הדגים מחכים לי, ענה הזקן וצחק, וגם הם אינם ממהרים לשום מקום. " +
            "הילד חשב וישב לידו על הקרשים החמים עד הערב.\n",
        ["Arabic"] =
            "كان الملاح العجوز يخرج كل صباح إلى ضفة النهر وينظر طويلا إلى الماء. كان يعرف أن النهر لا يستعجل ومع ذلك يصل " +
            "قبل الجميع. وفي يوم من الأيام سأله ولد لماذا لا يجدف أسرع. قال العجوز وهو يضحك إن السمك وحده ينتظرني وهو أيضا " +
            "لا يملك ساعة. فكر الولد ثم جلس إلى جانبه حتى المساء.\n",
        ["Polish"] =
            "Każdego ranka stary przewoźnik wychodził na brzeg i długo patrzył na wodę. Wiedział, że rzeka się nie " +
            "śpieszy, a jednak zawsze zdąży przed wszystkimi. Pewnego dnia chłopiec zapytał go, dlaczego nie wiosłuje " +
            "szybciej. Źle byłoby się śpieszyć, odpowiedział starzec i zaśmiał się, bo czekają na mnie tylko ryby.\n",
        ["Czech"] =
            "Každé ráno vycházel starý převozník na břeh a dlouho se díval na vodu. Věděl, že řeka nikam nespěchá, a přece " +
            "je vždycky dřív než všichni ostatní. Jednoho dne se ho chlapec zeptal, proč nevesluje rychleji. Čekají na mě " +
            "jen ryby, odpověděl stařec a zasmál se, a ty mají času dost.\n",
        ["Hungarian"] =
            "Az öreg révész minden reggel kiment a partra, és sokáig nézte a vizet. Tudta, hogy a folyó nem siet, mégis " +
            "mindenkinél előbb odaér. Egy nap egy fiú megkérdezte tőle, miért nem evez gyorsabban. Csak a halak várnak " +
            "rám, felelte az öreg nevetve, és nekik sincs órájuk. A fiú gondolkodott, majd leült mellé a meleg deszkákra.\n",
        ["French"] =
            "Chaque matin, le vieux passeur descendait sur la grève et regardait l'eau très longtemps. Il savait que la " +
            "rivière n'est pas pressée et qu'elle arrive pourtant avant tout le monde. Un jour, un garçon lui demanda " +
            "pourquoi il ne ramait pas plus vite. À quoi bon, répondit-il, là où l'été s'en va, rien ne m'attend que des " +
            "poissons.\n",
        ["German"] =
            "Jeden Morgen ging der alte Fährmann ans Ufer und schaute lange auf das Wasser. Er wusste, dass der Fluss es " +
            "nicht eilig hat und trotzdem früher da ist als alle anderen. Eines Tages fragte ihn ein Junge, warum er nicht " +
            "schneller rudere. Wozu, sagte er und lächelte, die Fische haben keine Uhr und müssen nirgends hin.\n",
        ["Turkish"] =
            "Her sabah yaşlı kayıkçı kıyıya çıkar ve uzun uzun suya bakardı. Nehrin hiç acele etmediğini, yine de " +
            "herkesten önce vardığını bilirdi. Bir gün bir çocuk ona neden daha hızlı kürek çekmediğini sordu. Beni yalnız " +
            "balıklar bekliyor, dedi ihtiyar gülerek, onların da saati yok. Çocuk düşündü, sonra onun yanına oturdu.\n",
        ["English"] =
            "The old ferryman’s boat was green — or so he said — and the fare was £5. “Why don’t you row faster?” a boy " +
            "once asked. “Only the fish are waiting for me,” he answered, “and they’ve no clocks.” The boy thought about " +
            "it, sat down on the warm boards beside him, and stayed until evening; it was the best day of the whole " +
            "summer…\n",
        ["Japanese"] =
            "毎朝、年老いた渡し守は岸に出て、長いあいだ水を眺めていた。川は決して急がないのに、いつも誰よりも早く着くことを彼は知って" +
            "いた。ある日、少年が、なぜもっと速く漕がないのかとたずねた。「待っているのは魚だけだからさ」と老人は笑った。少年はしばら" +
            "く考えて、あたたかい板の上に並んで座った。夕方まで二人は何も言わずに、ただ水の流れを見ていた。\n",
        ["Chinese"] =
            "每天早晨，老船夫都走到岸边，久久地望着河水。他知道河从不着急，可总是比谁都先到。有一天，一个孩子问他为什么不划得快一点。" +
            "“等着我的只有鱼。”老人笑着回答。孩子想了想，在他身边的木板上坐了下来。直到傍晚，两个人什么也没有说，只是看着水慢慢流过" +
            "。第二天，孩子又来了，带来一个苹果。\n",
        ["Traditional Chinese"] =
            "每天早晨，老船夫都走到岸邊，久久地望著河水。他知道河從不著急，可總是比誰都先到。有一天，一個孩子問他為什麼不划得快一點。" +
            "「等著我的只有魚。」老人笑著回答。孩子想了想，在他身邊的木板上坐了下來。直到傍晚，兩個人什麼也沒有說，只是看著水慢慢流過" +
            "。第二天，孩子又來了，帶來一個蘋果。\n",
        ["Korean"] =
            "매일 아침 늙은 뱃사공은 강가로 나가 오랫동안 물을 바라보았다. 그는 강이 서두르지 않으면서도 언제나 누구보다 먼저 도착한다는 것을 알고 있었다. 어느 날 한 소년이 왜 더 빨리 노를 젓지 " +
            "않느냐고 물었다. 나를 기다리는 것은 물고기뿐이라고 노인이 웃으며 대답했다. 소년은 곁에 앉았다.\n",
    };

    public static TheoryData<string, string> Encodings => new()
    {
        { "Russian", "koi8-r" }, { "Russian", "windows-1251" }, { "Russian", "iso-8859-5" }, { "Russian", "cp866" },
        { "Ukrainian", "windows-1251" }, { "Greek", "windows-1253" }, { "Greek", "iso-8859-7" }, { "Hebrew", "windows-1255" },
        { "Arabic", "windows-1256" }, { "Polish", "iso-8859-2" }, { "Polish", "windows-1250" }, { "Czech", "iso-8859-2" },
        { "Czech", "windows-1250" }, { "Hungarian", "iso-8859-2" }, { "Hungarian", "windows-1250" }, { "French", "windows-1252" },
        { "French", "iso-8859-1" }, { "French", "iso-8859-15" }, { "German", "windows-1252" }, { "German", "iso-8859-15" },
        { "Turkish", "windows-1254" }, { "English", "windows-1252" }, { "Japanese", "shift_jis" }, { "Japanese", "euc-jp" },
        { "Chinese", "gb18030" }, { "Traditional Chinese", "big5" }, { "Korean", "euc-kr" }, { "Russian", "utf-16LE" },
        { "Chinese", "utf-16LE" }, { "Chinese", "utf-16BE" }, { "English", "utf-16LE" }, { "English", "utf-16BE" },
        { "Japanese", "utf-16LE" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Describe_SomeHundredBytes_NamesTheRightEncodingFirst(string language, string encoding)
    {
        string[] lines = Describe(Texts[language][..Math.Min(Long, Texts[language].Length)], encoding);
        Assert.True(Names(lines[0]).Contains(encoding), Shown(language, encoding, lines));
        Assert.InRange(lines.Length, 1, 5);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Describe_ShortText_NamesTheRightEncoding(string language, string encoding)
    {
        // From the first character beyond ASCII on, so that there is something to see.
        string text = Texts[language][Texts[language].AsSpan().IndexOfAnyExceptInRange('\0', '\x7F')..][..Short];
        string[] lines = Describe(text, encoding);
        Assert.True(lines.Any(line => Names(line).Contains(encoding)), Shown(language, encoding, lines));
    }

    [Fact]
    public void Describe_Line_ShowsTheTextAroundTheBadByte()
    {
        string text = new string('x', 2000) + "\nthe\tcafé au lait, and so on and so on and so on and so on";
        string line = Describe(text, "windows-1252")[0];
        Assert.StartsWith("  windows-1252  \"xxxx\\nthe\\tcafé au lait, and so on and so \"", line, StringComparison.Ordinal);
        Assert.EndsWith("iso-8859-9)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_FarIntoALongText_ShowsTheTextAroundTheBadByte()
    {
        byte[] bytes =
        [
            .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("nothing to see here\n", 150_000))),
            .. Bytes(Texts["Russian"], "koi8-r"), .. new byte[2_000_000].Select(_ => (byte)'x'),
        ];
        string[] lines = Describe(bytes);
        Assert.StartsWith("  koi8-r ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("  \"to see here\\nКаждое утро старый лодочник \"", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_BytesOfNoEncoding_AreFew() =>
        Assert.Empty(Describe([.. Enumerable.Range(0, 4000).Select(value => (byte)(value % 7))]));

    [Fact]
    public void Describe_FewNulCharacters_OffersTheExpectedEncoding()
    {
        string[] lines = Describe("a text\0with nul\0 characters in it, and nothing else"u8.ToArray());
        Assert.Equal("  utf-8  \"a text\\u0000with nul\\u0000 characters in it, and n\"", Assert.Single(lines));
    }

    [Fact]
    public void Describe_NamedEncodingFails_OffersOthers()
    {
        byte[] bytes = [.. Bytes(Texts["Japanese"], "shift_jis")];
        CorpusException exception = Assert.Throws<CorpusException>(() => Corpus.FromBytes(bytes, "a.txt", new() { Encoding = "euc-jp" }));
        Assert.Contains("is not euc-jp text", exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("  shift_jis ", EncodingCandidates.Describe(exception.Undecodable!)[0], StringComparison.Ordinal);
    }

    private static string Shown(string language, string encoding, string[] lines) =>
        $"{language} in {encoding}:\n{string.Join('\n', lines)}";

    /// <summary>The encodings of a line, such as <c>koi8-r  "текст"  (the same in koi8-u)</c>.</summary>
    private static string[] Names(string line) =>
        [line.Trim().Split(' ')[0], .. line[(line.LastIndexOf('"') + 1)..].Split([' ', ',', '(', ')'])];

    private static string[] Describe(string text, string encoding) => Describe(Bytes(text, encoding));

    private static string[] Describe(byte[] bytes)
    {
        CorpusException exception = Assert.Throws<CorpusException>(() => Corpus.FromBytes(bytes));
        return [.. EncodingCandidates.Describe(exception.Undecodable!)];
    }

    private static byte[] Bytes(string text, string encoding) =>
        (CodePagesEncodingProvider.Instance.GetEncoding(encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)).GetBytes(text);
}
