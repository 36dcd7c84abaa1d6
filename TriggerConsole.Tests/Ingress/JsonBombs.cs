using System.Text;

namespace TriggerConsole.Tests.Ingress;

/// <summary>What a reader of JSON may choke on.</summary>
internal static class JsonBombs
{
    public static IReadOnlyList<(string Name, byte[] Body)> All { get; } =
    [
        ("deep arrays", Text(new string('[', 200_000))),
        ("deep arrays, closed", Text(new string('[', 100_000) + new string(']', 100_000))),
        ("deep objects", Text(string.Concat(Enumerable.Repeat("{\"a\":", 50_000)) + "1" + new string('}', 50_000))),
        ("deep beneath a path", Text("{\"a\":{\"b\":[{\"c\":" + new string('[', 5000) + new string(']', 5000) + "}]}}")),
        ("many elements", Text("[" + string.Join(',', Enumerable.Repeat("0", 450_000)) + "]")),
        ("many fields", Text("{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":{i}")) + "}")),
        ("the same field", Text("{" + string.Join(',', Enumerable.Repeat("\"a\":{\"b\":[{\"c\":1}]}", 30_000)) + "}")),
        ("colliding fields", Text("{" + string.Join(',', Enumerable.Range(0, 6_000).Select(i => $"\"{new string('\0', i % 20).Replace("\0", "\\u0000", StringComparison.Ordinal)}{i}\":1")) + "}")),
        ("long name", Text("{\"" + new string('k', 900_000) + "\":1}")),
        ("long text", Text("{\"d\":\"" + new string('x', 900_000) + "\"}")),
        ("escaped text", Text("{\"d\":\"" + string.Concat(Enumerable.Repeat("\\u0001", 150_000)) + "\"}")),
        ("long number", Text("{\"d\":" + new string('9', 500_000) + "}")),
        ("long fraction", Text("{\"d\":0." + new string('0', 500_000) + "1}")),
        ("huge exponent", Text("{\"d\":1e999999999}")),
        ("tiny exponent", Text("{\"d\":1e-999999999}")),
        ("minus zero", Text("{\"d\":-0}")),
        ("not a number", Text("{\"d\":NaN}")),
        ("infinity", Text("{\"d\":-Infinity}")),
        ("hexadecimal", Text("{\"d\":0x7f}")),
        ("leading zeros", Text("{\"d\":000000001}")),
        ("lone surrogate", Text("{\"d\":\"\\ud800\",\"\\udfff\":1}")),
        ("surrogates in the wrong order", Text("{\"d\":\"\\udc00\\ud800\"}")),
        ("noncharacters", Text("{\"d\":\"\\uffff\\ufffe\\u0000\"}")),
        ("broken UTF-8", [0x7B, 0x22, 0x64, 0x22, 0x3A, 0x22, 0xFF, 0xFE, 0x80, 0xC0, 0xAF, 0x22, 0x7D]),
        ("overlong UTF-8", [0x7B, 0x22, 0x64, 0x22, 0x3A, 0x22, 0xC0, 0xA2, 0xE0, 0x80, 0xA2, 0x22, 0x7D]),
        ("surrogates in UTF-8", [0x7B, 0x22, 0x64, 0x22, 0x3A, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D]),
        ("byte order mark", [0xEF, 0xBB, 0xBF, .. "{\"d\":1}"u8]),
        ("UTF-16", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{\"d\":1}")).ToArray()),
        ("UTF-16 without a mark", Encoding.BigEndianUnicode.GetBytes("{\"d\":1}")),
        ("UTF-32", Encoding.UTF32.GetBytes("{\"d\":1}")),
        ("UTF-7", Text("+AHsAIgBkACIAOgAxAH0-")),
        ("NUL", Text("{\"d\":\0}")),
        ("comments", Text("{/* " + new string('*', 100_000) + " */\"d\":1}")),
        ("trailing comma", Text("{\"d\":1,}")),
        ("two values", Text("{\"d\":1}{\"d\":2}")),
        ("single quotes", Text("{'d':1}")),
        ("control characters", Text("{\"d\":\"\u0001\n\t\"}")),
        ("prototype", Text("{\"__proto__\":{\"x\":1},\"constructor\":{\"prototype\":{}},\"d\":1}")),
        ("types", Text("{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\",\"$ref\":\"1\",\"$id\":\"1\",\"d\":1}")),
        ("templates", Text("{\"d\":\"{secret:S}{env:PATH}{payload.d}{original_payload}{{\"}")),
        ("nothing but spaces", Text(new string(' ', 500_000))),
        ("an unfinished text", Text("{\"d\":\"")),
        ("backslashes", Text("{\"d\":\"" + new string('\\', 400_001))),
        ("entities", Text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>")),
    ];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
