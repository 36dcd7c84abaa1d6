using System.Globalization;
using TriggerConsole.Components.Controls;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>Why a request was refused, for people. The closed list of reasons is that of <c>CallbackIngress</c> and the ingress endpoint.</summary>
internal static class RefusalWords
{
    /// <summary>Short, for a cell: <c>Wrong token</c>.</summary>
    public static string Short(string reason) => reason switch
    {
        "token_missing" => "No token",
        "token_wrong" => "Wrong token",
        "disabled" => "Switched off",
        "method_not_allowed" => "Method not allowed",
        "too_large" => "Body too large",
        "loop" => "Goes in a circle",
        "bad_idempotency_key" => "Idempotency key too long",
        "idempotency_key_reused" => "Idempotency key reused",
        "unknown_callback" => "Unknown address",
        "unavailable" => "Could not be stored",
        "busy" => "Too much at once",
        _ => Format.Code(reason),
    };

    /// <summary>What to do about it, in a sentence; empty when the reason is new to us.</summary>
    public static string Remedy(string reason) => reason switch
    {
        "token_missing" => "The sender must show the token: as header X-Callback-Token, as bearer token, or as ?token=… in the URL.",
        "token_wrong" => "The sender uses another token. Rotate the token for a new one and enter it there.",
        "disabled" => "The callback was switched off when this arrived.",
        "method_not_allowed" => "Allow the method in the settings, or have the sender use one that is allowed.",
        "too_large" => "Raise the largest body in the settings, or have the sender send less.",
        "loop" => $"It had passed through TriggerConsole more than {Core.Callbacks.CallbackIngress.MostHops} times: a trigger seems to call its own callback.",
        "bad_idempotency_key" => "The sender must use a shorter Idempotency-Key.",
        "idempotency_key_reused" => "The sender must use a new Idempotency-Key for a new message.",
        "unknown_callback" => "Compare the path with the addresses of the callbacks: the sender may have a typing error.",
        "unavailable" => "The database took nothing at that moment. The sender was told to come back.",
        "busy" => "More came in than could be held. The sender was told to come back.",
        _ => "",
    };

    /// <summary><c>1,000 or more</c> when counting stopped there.</summary>
    public static string Count(int count)
        => count >= Core.Callbacks.CallbackQueries.MostCounted ? string.Create(CultureInfo.InvariantCulture, $"{Format.Number(count)} or more") : Format.Number(count);
}
