using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace TriggerConsole.Tests.Browser;

/// <summary>A curl line, taken apart as a shell and curl would, and sent by us.</summary>
internal static partial class CurlCommand
{
    public static async Task<HttpResponseMessage> RunAsync(HttpClient client, string line)
    {
        using var request = Parse(line);
        return await client.SendAsync(request);
    }

    public static HttpRequestMessage Parse(string line)
    {
        var words = Words(line);
        Assert.Equal("curl", words[0]);
        var request = new HttpRequestMessage { Method = HttpMethod.Get };
        string? body = null;
        var contentType = "application/x-www-form-urlencoded";
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "-H" when words[++i].Split(": ", 2) is [var name, var value]:
                    if (name == "Content-Type") contentType = value;
                    else request.Headers.Add(name, value);
                    break;
                case "-d": (body, request.Method) = (words[++i], HttpMethod.Post); break;
                case ['h', 't', 't', 'p', ..]: request.RequestUri = new(words[i]); break;
                default: throw new FormatException($"What does {words[i]} mean in {line}");
            }
        }
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, contentType);
        return request;
    }

    // Bare words and "quoted ones", in which \" stands for a quote
    private static List<string> Words(string line)
        => [.. Word().Matches(line).Select(m => m.Groups["quoted"].Success ? m.Groups["quoted"].Value.Replace("\\\"", "\"", StringComparison.Ordinal) : m.Value)];

    [GeneratedRegex("""
        "(?<quoted>(?:\\.|[^"\\])*)"|[^\s"]+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
