using TriggerConsole.Api;
using TriggerConsole.Components.Controls;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>Limits for people.</summary>
internal static class LimitWords
{
    public static string What(string policy) => policy switch
    {
        "ingress" => "Events",
        "callback" => "Events of one callback",
        "refusals" => "Wrong keys, tokens and addresses",
        "api" => "API",
        "key" => "API, by key",
        "user" => "Pages and API, by user",
        "pages" => "Pages",
        "account" => "Sign-ins and the like",
        "hub" => "New live connections",
        "echo" => "Echo endpoint",
        "health" => "Health checks",
        "metrics" => "Metrics",
        "sign-in" => "Wrong passwords, codes and links",
        _ => policy,
    };

    public static string By(string by) => by switch
    {
        "callback" => "from all senders of a callback that sets no limit of its own",
        "key" => "with one API key",
        "user" => "of one user",
        _ => "from one address",
    };

    /// <summary><c>12,000 a minute, at most 1,000 of them in a second</c></summary>
    public static string Much(LimitResponse limit)
    {
        if (limit.Permits == 0 && limit.Burst == 0) return "any number";
        var burst = limit.Burst > 0 ? $"{(limit.Permits > 0 ? "at most " : "")}{Format.Number(limit.Burst)} {(limit.Permits > 0 ? "of them " : "")}in a second" : "";
        return limit.Permits == 0 ? burst : $"{Format.Number(limit.Permits)} {Window(limit.WindowSeconds)}{(burst.Length > 0 ? ", " : "")}{burst}";
    }

    public static string Kind(string kind) => kind switch
    {
        "ingress" => "Events on their way in",
        "api" => "API requests",
        "pages" => "Requests for pages",
        "echo" => "Echo requests",
        "sign-ins" => "Sign-ins looked at",
        _ => kind,
    };

    private static string Window(int seconds) => seconds switch
    {
        60 => "a minute",
        3600 => "an hour",
        86400 => "a day",
        _ when seconds % 3600 == 0 => $"in {seconds / 3600} hours",
        _ when seconds % 60 == 0 => $"in {seconds / 60} minutes",
        1 => "a second",
        _ => $"in {seconds} seconds",
    };
}
