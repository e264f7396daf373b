#!/usr/bin/env python3
"""Trains a small neural network on Fisher's irises, with nothing but Python's standard library.

As a training job of traind:  train.py iris.csv          writes model.json and metrics.json into $TRAIND_OUTPUT
As a check of what came out:  train.py iris.csv --evaluate model.json

4 measurements -> 8 tanh units -> softmax over 3 species; plain stochastic gradient descent. Seeded: every run on one
machine gives the same bytes. The data: R. A. Fisher, "The use of multiple measurements in taxonomic problems" (1936).
"""
import argparse
import csv
import json
import math
import os
import random
import socket

HIDDEN, EPOCHS, RATE, SEED = 8, 1000, 0.005, 1936


def notify(**fields):
    """Tells traind how far we are: sd_notify's protocol, one datagram of KEY=VALUE lines."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto("\n".join(f"{key}={value}" for key, value in fields.items()).encode(), address)
        except OSError:
            pass  # Nobody listens: the training is worth as much without an audience.


def read(path):
    """[(measurements, species)] and the species in order of their names."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [([float(value) for value in row[:-1]], row[-1]) for row in rows], sorted({row[-1] for row in rows})


def split(samples, species):
    """(training, held out): every species gives a fifth to the second."""
    chance = random.Random(SEED)
    training, held_out = [], []
    for name in species:
        own = [sample for sample in samples if sample[1] == name]
        chance.shuffle(own)
        held_out += own[: len(own) // 5]
        training += own[len(own) // 5:]
    return training, held_out


def forward(model, measurements):
    """(inputs, hidden units, probabilities)."""
    inputs = [(value - mean) / deviation
              for value, mean, deviation in zip(measurements, model["mean"], model["deviation"])]
    hidden = [math.tanh(bias + sum(w * x for w, x in zip(weights, inputs)))
              for weights, bias in zip(model["hidden_weights"], model["hidden_bias"])]
    scores = [bias + sum(w * h for w, h in zip(weights, hidden))
              for weights, bias in zip(model["output_weights"], model["output_bias"])]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return inputs, hidden, [power / sum(powers) for power in powers]


def evaluate(model, samples):
    """Share of samples whose most probable species is theirs."""
    right = 0
    for measurements, name in samples:
        probabilities = forward(model, measurements)[2]
        right += model["species"][probabilities.index(max(probabilities))] == name
    return right / len(samples)


def begin(samples, species):
    chance = random.Random(SEED)
    columns = list(zip(*(measurements for measurements, _ in samples)))
    mean = [sum(column) / len(column) for column in columns]
    deviation = [math.sqrt(sum((v - m) ** 2 for v in column) / len(column)) for column, m in zip(columns, mean)]

    def layer(rows, inputs):
        return [[chance.gauss(0, 1 / math.sqrt(inputs)) for _ in range(inputs)] for _ in range(rows)]

    return {
        "species": species, "mean": mean, "deviation": deviation,
        "hidden_weights": layer(HIDDEN, len(columns)), "hidden_bias": [0.0] * HIDDEN,
        "output_weights": layer(len(species), HIDDEN), "output_bias": [0.0] * len(species),
    }


def step(model, measurements, name):
    """One step down the gradient of one sample's loss, which is returned."""
    inputs, hidden, probabilities = forward(model, measurements)
    target = model["species"].index(name)
    errors = [p - (index == target) for index, p in enumerate(probabilities)]
    back = [sum(error * weights[unit] for error, weights in zip(errors, model["output_weights"])) * (1 - h * h)
            for unit, h in enumerate(hidden)]
    for error, weights, index in zip(errors, model["output_weights"], range(len(errors))):
        for unit, h in enumerate(hidden):
            weights[unit] -= RATE * error * h
        model["output_bias"][index] -= RATE * error
    for error, weights, index in zip(back, model["hidden_weights"], range(len(back))):
        for position, x in enumerate(inputs):
            weights[position] -= RATE * error * x
        model["hidden_bias"][index] -= RATE * error
    return -math.log(max(probabilities[target], 1e-12))


def train(samples, species):
    training, held_out = split(samples, species)
    model, order, loss = begin(training, species), random.Random(SEED), math.inf
    for epoch in range(1, EPOCHS + 1):
        order.shuffle(training)
        loss = sum(step(model, *sample) for sample in training) / len(training)
        if epoch % 25 == 0:
            notify(STATUS=f"epoch {epoch}/{EPOCHS}", X_TRAIND_PROGRESS=f"{epoch / EPOCHS:.2f}",
                   X_TRAIND_METRIC=f"loss={loss:.4f}")
            print(f"epoch {epoch}/{EPOCHS}  loss {loss:.4f}", flush=True)
    return model, {"accuracy": evaluate(model, held_out), "held_out": len(held_out), "loss": loss, "epochs": EPOCHS}


def main():
    parser = argparse.ArgumentParser(description="Trains a small neural network on Fisher's irises.")
    parser.add_argument("data")
    parser.add_argument("--evaluate", metavar="MODEL", help="tell the accuracy of a model on the held out samples")
    arguments = parser.parse_args()
    samples, species = read(arguments.data)
    if arguments.evaluate:
        with open(arguments.evaluate) as file:
            print(f"{evaluate(json.load(file), split(samples, species)[1]):.3f}")
        return
    model, metrics = train(samples, species)
    output = os.environ.get("TRAIND_OUTPUT", ".")
    for name, content in (("model.json", model), ("metrics.json", metrics)):
        with open(os.path.join(output, name), "w") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.write("\n")
    print(f"accuracy {metrics['accuracy']:.3f} on {metrics['held_out']} samples that were held out", flush=True)


if __name__ == "__main__":
    main()
